import type { Name } from '../model/bytes.js';
import { limits } from '../model/limits.js';
import type { Seen } from '../model/seen.js';
import { loadNative } from './native.js';
import { PACKED_SEEN_LENGTH, packSeen } from './seen.js';
import type { OpenDirectory } from './tree-root.js';

/** What `native/small-files.c` gives; see there. */
interface Library {
  hashFiles(
    directoryFds: Int32Array,
    rootDev: bigint,
    sizeMax: number,
    names: string,
    stats: BigInt64Array,
  ): Promise<ArrayBuffer>;
}

/** As in small-files.c. */
const INTERFACE_VERSION = 2;
const HASH_DIGITS = 32;
const HASH_BYTES = 16;

export interface SmallFile {
  readonly directory: OpenDirectory;
  readonly name: Name;
  /** As a listing has it. */
  readonly seen: Seen;
}

/** Hashes small files off the main thread, many in one call. */
export class SmallFiles {
  readonly #library: Library;
  readonly #rootDev: bigint;

  private constructor(library: Library, rootDev: bigint) {
    this.#library = library;
    this.#rootDev = rootDev;
  }

  /** @returns null where it was not compiled: then the hashing threads do it */
  static load(rootDev: bigint): SmallFiles | null {
    const library = loadNative<Library>('small-files', INTERFACE_VERSION);
    return library === null ? null : new SmallFiles(library, rootDev);
  }

  /**
   * Of each file that is small, and was just as it was listed both before and after it was read, the hash: 32 digits. Null for
   * any other, whatever the reason. The directories must stay open until this has settled.
   */
  async hash(files: readonly SmallFile[]): Promise<(string | null)[]> {
    if (files.length === 0) return [];
    const names = files.map(({ name }) => name).join('/');
    const directories = Int32Array.from(files, ({ directory }) => directory.fd);
    const stats = new BigInt64Array(files.length * PACKED_SEEN_LENGTH);
    for (let index = 0; index < files.length; index++)
      packSeen((files[index] as SmallFile).seen, stats, index * PACKED_SEEN_LENGTH);
    const answer = Buffer.from(await this.#library.hashFiles(directories, this.#rootDev, limits.smallFileMaxBytes, names, stats));
    const digits = answer.toString('hex', 0, files.length * HASH_BYTES);
    return files.map((_, index) => {
      const isHashed = answer[files.length * HASH_BYTES + index] === 1;
      return isHashed ? digits.slice(index * HASH_DIGITS, (index + 1) * HASH_DIGITS) : null;
    });
  }
}

/** Whether the faster way to read small files is there on this machine. */
export function hasNativeSmallFiles(): boolean {
  return loadNative<Library>('small-files', INTERFACE_VERSION) !== null;
}
