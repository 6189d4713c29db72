import { sameObject } from '../disk/seen.js';
import type { TreeRoot } from '../disk/tree-root.js';
import { type Inode, LIMBO_ID, type Manifest, ROOT_ID } from '../manifest/manifest.js';
import { joinPath, ROOT_PATH, splitPath, type TreePath } from '../model/bytes.js';
import { BtsootError } from '../model/errors.js';
import type { Seen } from '../model/seen.js';
import { parseIgnoreFile, UnknownRules } from './ignore-file.js';
import type { Screen } from './screen.js';
import type { TreeWatch } from './tree-watch.js';
import type { Task } from './visit.js';

export interface ScopeOptions {
  readonly root: TreeRoot;
  readonly manifest: Manifest;
  readonly watch: TreeWatch;
  /** In force at the root. */
  readonly screen: Screen | null;
  /** Rows of the directories in which something has changed. */
  readonly ids: ReadonlySet<number>;
}

/**
 * Which directories a walk looks at that goes only where something has changed: those in which it has, the ones that hold
 * them, for a directory's own time is in its parent's listing, and whatever is new below them. Files that have several names
 * lead to others: a watch is told of a file under one name, and a row may be taken for another name of it than it was.
 */
export class Scope {
  readonly #options: ScopeOptions;
  readonly #left = new Set<number>();
  readonly #dealtWith = new Set<number>();
  /** What a round of beginnings has still to come to, the highest last. */
  #round: number[] = [];
  #isRoundFruitful = true;

  constructor(options: ScopeOptions) {
    this.#options = options;
    for (const id of options.ids) {
      this.#add(id);
      const parent = id === ROOT_ID ? undefined : options.manifest.row(id)?.parent;
      if (parent !== undefined) this.#add(parent);
    }
  }

  /** Whether the directory need not be looked at, where `whole` says whether all of its parent's are. */
  isUnchanged(id: number, whole: boolean): boolean {
    return !whole && !this.#left.has(id) && this.#options.watch.isWatched(id);
  }

  /** The task as it is to be done, or null where it need not be. */
  admit(task: Task): Task | null {
    if (this.isUnchanged(task.id, task.whole)) return null;
    this.#left.delete(task.id);
    this.#dealtWith.add(task.id);
    return { ...task, whole: task.whole || !this.#options.watch.isWatched(task.id) };
  }

  /** The folders of all names that the manifest knows the file by. */
  addNamesOf({ dev, ino }: Inode): void {
    const { manifest } = this.#options;
    for (const id of manifest.withInode(dev, ino)) {
      const parent = manifest.row(id)?.parent;
      if (parent !== undefined) this.addFolder(parent);
    }
  }

  /** Another folder has taken what was in it. */
  addFolder(id: number): void {
    if (!this.#dealtWith.has(id)) this.#add(id);
  }

  /** Files that are nowhere now, in folders that are not too: their other names have become fewer. @returns whether any were */
  #addNamesOfMissed(): boolean {
    const { manifest } = this.#options;
    const before = this.#left.size;
    const open = [LIMBO_ID];
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      for (const row of manifest.rows(at)) {
        if (row.kind === 'directory') open.push(row.id);
        const seen = row.kind === 'file' && row.group !== null ? manifest.seen(row.id) : null;
        if (seen !== null) this.addNamesOf(seen);
      }
    }
    return this.#left.size > before;
  }

  /** Where the walk goes on when it has come to an end: at the highest that it has not come to. Null: nowhere. */
  next(): Task | null {
    for (;;) {
      const id = this.#round.pop();
      if (id === undefined) {
        // What had no place may have been found since.
        const isAnother = (this.#isRoundFruitful && this.#left.size > 0) || this.#addNamesOfMissed();
        if (!isAnother) return null;
        this.#isRoundFruitful = false;
        this.#round = this.#highestLast();
        continue;
      }
      const task = this.#left.has(id) ? this.#taskOf(id) : null;
      const admitted = task === null ? null : this.admit(task);
      if (admitted === null) continue;
      this.#isRoundFruitful = true;
      return admitted;
    }
  }

  #add(id: number): void {
    if (this.#options.manifest.row(id)?.kind === 'directory') this.#left.add(id);
  }

  #highestLast(): number[] {
    const places = [...this.#left].flatMap((id) => {
      const path = this.#placeOf(id);
      return path === null ? [] : [{ id, depth: splitPath(path).length }];
    });
    return places.sort((a, b) => b.depth - a.depth).map(({ id }) => id);
  }

  /** Null for what is not in the tree at the moment. */
  #placeOf(id: number): TreePath | null {
    if (this.#options.manifest.row(id) === undefined) return null;
    const { area, diskPath } = this.#options.manifest.locate(id);
    return area === 'tree' ? diskPath : null;
  }

  #taskOf(id: number): Task | null {
    const { root, manifest, watch } = this.#options;
    const path = this.#placeOf(id);
    const parent = manifest.row(id)?.parent;
    if (path === null || parent === undefined) return null;
    const [before, now] = [manifest.seen(id), lookAt(root, path)];
    const screen = this.#screenAbove(path);
    if (before === null || now === null || !sameObject(before, now) || screen === 'unknown') {
      // Its place says so too, and whoever comes to that finds out what has become of it.
      this.#left.delete(id);
      this.#dealtWith.add(id);
      watch.lookAgain(parent);
      return null;
    }
    const { dev, ino } = now;
    const depth = splitPath(path).length;
    return { path, id, parent: id === ROOT_ID ? ROOT_ID : parent, foundBy: null, dev, ino, depth, screen, whole: false };
  }

  /** What is in force in the folder that holds it, by the patterns that were found last. */
  #screenAbove(path: TreePath): Screen | null | 'unknown' {
    const { manifest } = this.#options;
    let { screen } = this.#options;
    let [at, id]: [TreePath, number | undefined] = [ROOT_PATH, ROOT_ID];
    for (const name of path === ROOT_PATH ? [] : splitPath(path)) {
      if (screen === null || id === undefined) return screen;
      try {
        const text = manifest.ignoreFile(id);
        screen = screen.into(at, text === null ? null : parseIgnoreFile(at, text));
      } catch (error) {
        if (error instanceof UnknownRules) return 'unknown';
        throw error;
      }
      at = joinPath(at, name);
      id = manifest.child(id, name)?.id;
    }
    return screen;
  }
}

function lookAt(root: TreeRoot, path: TreePath): Seen | null {
  try {
    return root.lstat(path);
  } catch (error) {
    if (error instanceof BtsootError) return null;
    throw error;
  }
}
