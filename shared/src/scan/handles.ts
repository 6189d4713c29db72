import { type OpenDirectory, openChild, type TreeRoot } from '../disk/tree-root.js';
import { baseName, parentPath, ROOT_PATH, type TreePath } from '../model/bytes.js';

const KEPT_OPEN = 64;

/** An open directory with several users; closed when the last one has released it. */
export class SharedDirectory {
  readonly directory: OpenDirectory;
  #users = 1;

  constructor(directory: OpenDirectory) {
    this.directory = directory;
  }

  retain(): this {
    this.#users++;
    return this;
  }

  release(): void {
    if (--this.#users === 0) this.directory.close();
  }
}

/** Opens directories of a tree, each from its parent; the last few stay open, since a walk comes back to them. */
export class Handles {
  readonly #root: TreeRoot;
  readonly #kept = new Map<TreePath, SharedDirectory>();

  constructor(root: TreeRoot) {
    this.#root = root;
  }

  /** The caller releases it. Errors are the operating system's own. */
  open(path: TreePath): SharedDirectory {
    const known = this.#kept.get(path);
    if (known !== undefined) {
      this.#kept.delete(path);
      this.#kept.set(path, known);
      return known.retain();
    }
    const opened = new SharedDirectory(this.#openNew(path));
    this.#keep(path, opened);
    return opened;
  }

  close(): void {
    for (const shared of this.#kept.values()) shared.release();
    this.#kept.clear();
  }

  #openNew(path: TreePath): OpenDirectory {
    if (path === ROOT_PATH) return this.#root.directory(ROOT_PATH);
    const parent = this.open(parentPath(path));
    try {
      return openChild(parent.directory, baseName(path));
    } finally {
      parent.release();
    }
  }

  #keep(path: TreePath, shared: SharedDirectory): void {
    this.#kept.set(path, shared.retain());
    if (this.#kept.size <= KEPT_OPEN) return;
    for (const [oldest, handle] of this.#kept) {
      this.#kept.delete(oldest);
      handle.release();
      return;
    }
  }
}
