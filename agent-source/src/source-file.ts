import { closeSync, constants, fstatSync, openSync, read, readSync } from 'node:fs';
import { promisify } from 'node:util';
import { seenFromStats } from '@btsoot/shared/disk/seen.js';
import type { OpenDirectory, TreeRoot } from '@btsoot/shared/disk/tree-root.js';
import type { Manifest } from '@btsoot/shared/manifest/manifest.js';
import { fromSystemError } from '@btsoot/shared/model/errors.js';
import type { Seen } from '@btsoot/shared/model/seen.js';

const readAt = promisify(read);
const OPEN_FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** The file is no longer what the scan saw: it has to be scanned again before it can be sent. */
export class SourceChanged extends Error {}

/** A source file that still was what the manifest says when it was opened. */
export interface SourceFile {
  /** Exactly `length` bytes. @throws SourceChanged where the file has become shorter. */
  read(position: number, length: number): Promise<Buffer>;
  /** As `read`, at once: for little, or for what is in memory. */
  readNow(position: number, length: number): Buffer;
  close(): void;
}

/**
 * Opens source files. The last file's folder stays open until `close` or a file of another folder: most files are sent
 * in the order in which they lie.
 */
export class SourceFiles {
  readonly #root: TreeRoot;
  readonly #source: Manifest;
  #folder: { readonly id: number; readonly directory: OpenDirectory } | null = null;

  constructor(root: TreeRoot, source: Manifest) {
    this.#root = root;
    this.#source = source;
  }

  /** @throws SourceChanged, or BtsootError where the file cannot be opened. */
  open(id: number | null): SourceFile {
    const row = id === null ? undefined : this.#source.row(id);
    const known = row === undefined ? null : this.#source.seen(row.id);
    if (row === undefined || known === null) throw new SourceChanged('it is no longer in the manifest');
    let fd: number;
    try {
      fd = openSync(this.#directory(row.parent).place(row.name), OPEN_FLAGS);
    } catch (error) {
      throw fromSystemError(error, 'it cannot be read');
    }
    return sourceFile(fd, known, this.#root.dev);
  }

  close(): void {
    this.#folder?.directory.close();
    this.#folder = null;
  }

  #directory(id: number): OpenDirectory {
    if (this.#folder?.id === id) return this.#folder.directory;
    this.close();
    const directory = this.#root.directory(this.#source.locate(id).path);
    this.#folder = { id, directory };
    return directory;
  }
}

/** Opens a single source file, as `SourceFiles` does. */
export function openSourceFile(root: TreeRoot, source: Manifest, id: number | null): SourceFile {
  const files = new SourceFiles(root, source);
  try {
    return files.open(id);
  } finally {
    files.close();
  }
}

function sourceFile(fd: number, known: Seen, rootDev: bigint): SourceFile {
  const now = seenFromStats(fstatSync(fd, { bigint: true }), rootDev);
  if (now.sizeBytes !== known.sizeBytes || !sameTime(now.mtimeNs, known.mtimeNs)) {
    closeSync(fd);
    throw new SourceChanged('it changed after it was scanned');
  }
  return {
    read: (position, length) => readFully(fd, position, length),
    readNow(position, length) {
      const bytes = Buffer.allocUnsafe(length);
      for (let at = 0; at < length; ) {
        const count = guarded(() => readSync(fd, bytes, at, length - at, position + at));
        if (count === 0) throw new SourceChanged('it became shorter while it was read');
        at += count;
      }
      return bytes;
    },
    close: () => closeSync(fd),
  };
}

/** The manifest keeps 64 bits of a time, which a year after 2262 does not fit. */
function sameTime(a: bigint, b: bigint): boolean {
  return BigInt.asIntN(64, a) === BigInt.asIntN(64, b);
}

async function readFully(fd: number, position: number, length: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(length);
  for (let at = 0; at < length; ) {
    const { bytesRead } = await readAt(fd, bytes, at, length - at, position + at).catch((error: unknown) => {
      throw fromSystemError(error, 'it cannot be read');
    });
    if (bytesRead === 0) throw new SourceChanged('it became shorter while it was read');
    at += bytesRead;
  }
  return bytes;
}

function guarded<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw fromSystemError(error, 'it cannot be read');
  }
}
