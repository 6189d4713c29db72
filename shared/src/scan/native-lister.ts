import { constants } from 'node:os';
import { getSystemErrorName } from 'node:util';
import { loadNative } from '../disk/native.js';
import type { OpenDirectory } from '../disk/tree-root.js';
import type { TreePath } from '../model/bytes.js';

/** What `native/lister.c` gives; see there. */
interface Library {
  listDirectories(
    rootFd: number,
    rootDev: bigint,
    entriesMax: number,
    withXattrs: boolean,
    watchFd: number,
    paths: readonly TreePath[],
    devs: BigUint64Array,
    inos: BigUint64Array,
  ): Promise<(ArrayBuffer | number)[]>;
}

/** Which directory is meant, by the numbers that its parent's listing gave. */
export interface Meant {
  readonly path: TreePath;
  readonly dev: bigint;
  readonly ino: bigint;
}

/**
 * - bytes as `native/lister.c` lays them out
 * - `too-large`: it has more entries than wanted
 * - `unable`: node:fs may be able to, or says why not
 * - else the code of an error of the operating system, ESTALE where another directory has taken its place
 */
export type NativeAnswer = ArrayBuffer | 'too-large' | 'unable' | { readonly code: string };

const { EOVERFLOW, ENAMETOOLONG, ENOTSUP, ESTALE } = constants.errno;

export interface ListOptions {
  readonly entriesMax: number;
  /** Whether to look which entries have extended attributes. Default: no. */
  readonly withXattrs?: boolean;
  /** Of the watcher that watches the directories from before they are read; see watcher.c. Default: none does. */
  readonly watchFd?: number;
}

/** Lists directories off the main thread, several in one call. */
export class NativeLister {
  readonly #library: Library;
  readonly #root: OpenDirectory;
  readonly #rootDev: bigint;

  private constructor(library: Library, root: OpenDirectory, rootDev: bigint) {
    this.#library = library;
    this.#root = root;
    this.#rootDev = rootDev;
  }

  /** @returns null where it was not compiled: then node:fs does it */
  static load(root: OpenDirectory, rootDev: bigint): NativeLister | null {
    const library = loadNative<Library>('lister', INTERFACE_VERSION);
    return library === null ? null : new NativeLister(library, root, rootDev);
  }

  /** The root must stay open until this has settled. */
  async list(
    directories: readonly Meant[],
    { entriesMax, withXattrs = false, watchFd = -1 }: ListOptions,
  ): Promise<NativeAnswer[]> {
    if (directories.length === 0) return [];
    const paths = directories.map(({ path }) => path);
    const devs = BigUint64Array.from(directories, ({ dev }) => dev);
    const inos = BigUint64Array.from(directories, ({ ino }) => ino);
    const [{ fd }, dev] = [this.#root, this.#rootDev];
    const answers = await this.#library.listDirectories(fd, dev, entriesMax, withXattrs, watchFd, paths, devs, inos);
    return answers.map((answer) => (typeof answer === 'number' ? asAnswer(answer) : answer));
  }
}

function asAnswer(error: number): NativeAnswer {
  if (error === EOVERFLOW) return 'too-large';
  if (error === ENOTSUP || error === ENAMETOOLONG) return 'unable';
  // libuv has no name for it.
  return { code: error === ESTALE ? 'ESTALE' : getSystemErrorName(-error) };
}

/** Whether it was compiled, for this Node.js. */
export function hasNativeLister(): boolean {
  return loadNative<Library>('lister', INTERFACE_VERSION) !== null;
}

/** As in lister.c. */
const INTERFACE_VERSION = 3;
