import { parentPath, type TreePath } from '@btsoot/shared/model/bytes.js';
import { limits } from '@btsoot/shared/model/limits.js';
import type { FolderList, Known } from './folder-list.js';

/** What was listed of past sessions, which do not change. Who was not asked for the longest goes first. */
export class FolderCache {
  readonly #folders = new Map<string, FolderList>();
  #entries = 0;

  get(block: string, session: number, path: TreePath): FolderList | undefined {
    const key = keyOf(block, session, path);
    const found = this.#folders.get(key);
    if (found === undefined) return undefined;
    this.#folders.delete(key);
    this.#folders.set(key, found);
    return found;
  }

  put(block: string, session: number, list: FolderList): void {
    const key = keyOf(block, session, list.path);
    this.#drop(key);
    this.#folders.set(key, list);
    this.#entries += list.children.length;
    for (const oldest of this.#folders.keys()) {
      const isFull = this.#folders.size > limits.dashboardFoldersKeptMax || this.#entries > limits.dashboardFoldersKeptEntriesMax;
      if (!isFull || oldest === key) return;
      this.#drop(oldest);
    }
  }

  /** The folder itself, where the one that it lies in was listed. */
  known(block: string, session: number, path: TreePath): Known | undefined {
    const parent = path === '' ? undefined : this.get(block, session, parentPath(path));
    const name = path.slice(path.lastIndexOf('/') + 1);
    const child = parent?.children.find((one) => one.name === name && one.kind === 'directory');
    return child === undefined ? undefined : { path, directoryId: child.id };
  }

  /** All of a block. */
  forget(block: string): void {
    for (const key of this.#folders.keys()) if (key.startsWith(`${block}\0`)) this.#drop(key);
  }

  #drop(key: string): void {
    this.#entries -= this.#folders.get(key)?.children.length ?? 0;
    this.#folders.delete(key);
  }
}

function keyOf(block: string, session: number, path: TreePath): string {
  return `${block}\0${session}/${path}`;
}
