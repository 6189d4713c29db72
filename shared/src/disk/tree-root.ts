import { closeSync, constants, fstatSync, lstatSync, openSync } from 'node:fs';
import type { Name, TreePath } from '../model/bytes.js';
import { baseName, display, joinPath, parentPath, ROOT_PATH, splitPath } from '../model/bytes.js';
import { BtsootError, errnoOf, fromSystemError, kindOfErrno } from '../model/errors.js';
import type { Seen } from '../model/seen.js';
import { pathBytes } from './byte-path.js';
import { seenFromStats } from './seen.js';

/** A directory held by a descriptor: whatever happens to the path that led to it, its places stay inside of it. */
export interface OpenDirectory {
  readonly fd: number;
  /**
   * A path for `node:fs` to the entry of that name in this directory, as `openat` would reach it, valid in every thread
   * until `close`. Calls that follow a symlink in the last part must not be given it: lstat, lchown, lutimes, rename,
   * unlink, and open with O_NOFOLLOW are safe.
   */
  place(name: Name): Buffer;
  close(): void;
}

const HERE = '.' as Name;
const OPEN_DIRECTORY = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;

/**
 * A tree on disk, reached the way `openat` does it: component by component, from a descriptor of the root that is held
 * open. A symlink planted anywhere in the tree is an error of kind `drift` and never leads out of it.
 */
export class TreeRoot {
  /** A path to the root for `node:fs`, as a byte string, valid until `close`. */
  readonly path: string;
  /** The root's own path for messages, as a byte string. */
  readonly label: string;
  /** The device number of the root's file system. */
  readonly dev: bigint;
  readonly #fd: number;

  private constructor(path: string, label: string, fd: number) {
    this.path = path;
    this.label = label;
    this.#fd = fd;
    this.dev = fstatSync(fd, { bigint: true }).dev;
  }

  /**
   * Opens an absolute path, a byte string; symlinks on the way to the root itself are followed.
   * @throws BtsootError: `not-found` where nothing is, `invalid` for something that is no folder, else as the errno says.
   */
  static open(absolutePath: string): TreeRoot {
    try {
      const fd = openSync(pathBytes(absolutePath), constants.O_RDONLY | constants.O_DIRECTORY);
      return new TreeRoot(absolutePath, absolutePath, fd);
    } catch (error) {
      throw rootError(absolutePath, error);
    }
  }

  close(): void {
    closeSync(this.#fd);
  }

  /**
   * The directory at `path` as a root of its own, reached as `directory` reaches it. Whatever is put in the place of a
   * folder on the way from then on, `path` and all that is reached from it stay in the directory that was opened.
   * The caller closes it.
   * @throws BtsootError as `directory`.
   */
  subtree(path: TreePath): TreeRoot {
    const directory = this.directory(path);
    try {
      const fd = openSync(directory.place(HERE), OPEN_DIRECTORY);
      return new TreeRoot(`/proc/self/fd/${fd}`, `${this.label}/${path}`, fd);
    } finally {
      directory.close();
    }
  }

  /**
   * Opens the directory at `path`. The caller closes it.
   * @throws BtsootError of kind `drift` when a part of the path is missing or is no directory (a symlink is none).
   */
  directory(path: TreePath): OpenDirectory {
    let at: OpenDirectory = new Handle(this.#fd, false);
    let reached: TreePath = ROOT_PATH;
    for (const name of splitPath(path)) {
      reached = joinPath(reached, name);
      const parent = at;
      try {
        at = openChild(parent, name);
      } catch (error) {
        throw directoryError(reached, error);
      } finally {
        parent.close();
      }
    }
    return at;
  }

  /**
   * Calls `work` with a place for `path`, whose parent is reached safely. `work` is synchronous: the place is void when
   * it returns. The root's place is the root itself.
   * @throws BtsootError as `directory` for the parent; what `work` throws passes through.
   */
  at<T>(path: TreePath, work: (place: Buffer) => T): T {
    if (path === ROOT_PATH) return work(Buffer.from(`/proc/self/fd/${this.#fd}/.`));
    const parent = this.directory(parentPath(path));
    try {
      return work(parent.place(baseName(path)));
    } finally {
      parent.close();
    }
  }

  /** What is at `path` now; null where nothing is, also where a part of the path is missing or no directory. */
  lstat(path: TreePath): Seen | null {
    try {
      return this.at(path, (place) => seenFromStats(lstatSync(place, { bigint: true }), this.dev));
    } catch (error) {
      if (isAbsence(error)) return null;
      throw fromSystemError(error, `cannot look at ${display(path)}`);
    }
  }
}

/** Opens a directory in an open directory; errors are the operating system's own. The caller closes it. */
export function openChild(parent: OpenDirectory, name: Name): OpenDirectory {
  return new Handle(openSync(parent.place(name), OPEN_DIRECTORY), true);
}

class Handle implements OpenDirectory {
  readonly fd: number;
  readonly #owned: boolean;
  readonly #prefix: string;

  constructor(fd: number, owned: boolean) {
    this.fd = fd;
    this.#owned = owned;
    this.#prefix = `/proc/self/fd/${fd}/`;
  }

  place(name: Name): Buffer {
    return Buffer.from(this.#prefix + name, 'latin1');
  }

  close(): void {
    if (this.#owned) closeSync(this.fd);
  }
}

function isAbsence(error: unknown): boolean {
  if (error instanceof BtsootError) return error.kind === 'drift';
  return errnoOf(error) === 'ENOENT';
}

function directoryError(path: TreePath, error: unknown): BtsootError {
  if (kindOfErrno(errnoOf(error)) !== 'drift') return fromSystemError(error, `cannot open the folder ${display(path)}`);
  const reason = errnoOf(error) === 'ENOENT' ? 'is missing' : 'is no folder';
  return new BtsootError('drift', `${display(path)} ${reason}`, {
    hint: 'It was changed a moment ago: run it again.',
    cause: error,
  });
}

function rootError(path: string, error: unknown): BtsootError {
  const shown = display(path);
  switch (errnoOf(error)) {
    case 'ENOENT':
      return new BtsootError('not-found', `the folder ${shown} does not exist`, {
        hint: 'Is its disk plugged in and mounted?',
        cause: error,
      });
    case 'ENOTDIR':
      return new BtsootError('invalid', `${shown} is not a folder`, { hint: 'Name a folder.', cause: error });
    default:
      return fromSystemError(error, `cannot open the folder ${shown}`);
  }
}
