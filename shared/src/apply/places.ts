import { fstatSync, lstatSync, readdirSync } from 'node:fs';
import { seenFromStats } from '../disk/seen.js';
import type { OpenDirectory, TreeRoot } from '../disk/tree-root.js';
import { HISTORY_ID, type Manifest, ROOT_ID, STASH_ID } from '../manifest/manifest.js';
import { type Name, ROOT_PATH } from '../model/bytes.js';
import { diskName, foldedName, type NameRules, otherDiskNames, trueName } from '../model/disk-name.js';
import { BtsootError } from '../model/errors.js';
import type { Seen } from '../model/seen.js';
import type { Area } from './area.js';
import type { Resolved } from './resolve.js';

const OPEN_HANDLES_MAX = 128;

/**
 * Directory handles by manifest row. A handle follows its directory through renames, so within one group of steps it
 * is opened once, safely, and stays right whatever the steps move.
 */
export class Places {
  readonly #tree: TreeRoot;
  readonly #area: Area;
  readonly #manifest: Manifest;
  readonly #handles = new Map<number, OpenDirectory>();
  readonly #rules: NameRules | null;
  /** Of entries that are about to come, where their own names cannot be had. */
  readonly #chosen = new Map<string, Name>();

  /** `rules`: of the names that are about to come; null where the disk takes any. */
  constructor(tree: TreeRoot, area: Area, manifest: Manifest, rules: NameRules | null = null) {
    this.#tree = tree;
    this.#area = area;
    this.#manifest = manifest;
    this.#rules = rules;
  }

  /** The place of `name` in the directory of this row, for file system calls that do not follow symlinks. */
  place(directoryId: number, name: Name): Buffer {
    return this.directory(directoryId).place(this.diskName(directoryId, name));
  }

  /** What an entry of this name is called on the disk, or will be. The areas' own names are the same on any disk. */
  diskName(directoryId: number, name: Name): Name {
    const { diskNames } = this.#manifest;
    if ((this.#rules === null && !diskNames.any) || directoryId === STASH_ID || directoryId === HISTORY_ID || name === '.')
      return name;
    const known = diskNames.of(directoryId, name) ?? this.#chosen.get(keyOf(directoryId, name));
    return known ?? (this.#rules === null ? name : diskName(name, this.#rules));
  }

  /**
   * Where the disk takes names for one that are two: finds a free name for an entry that is about to come, if what is in its
   * way is another entry of ours. `mover` is the row that is about to be renamed to it, and is in nobody's way.
   * @returns whether its place is free now
   */
  makeWay(directoryId: number, name: Name, mover: number | null): boolean {
    const rules = this.#rules;
    if (rules === null || !rules.folds || directoryId === STASH_ID || directoryId === HISTORY_ID) return false;
    const present = readdirSync(this.place(directoryId, '.' as Name), 'latin1') as Name[];
    const folded = new Map(present.map((disk) => [foldedName(disk), disk]));
    const occupant = folded.get(foldedName(this.diskName(directoryId, name)));
    // With nobody there, the look was at what FUSE remembers, for a second, of another spelling of a name that has just gone.
    if (occupant !== undefined) {
      const row = this.#manifest.child(directoryId, trueName(occupant, rules));
      if (row === undefined || row.name === name) return false;
      if (row.id === mover) return true;
    }
    const free = otherDiskNames(name, rules).find((disk) => !folded.has(foldedName(disk)));
    if (free === undefined) return false;
    this.#chosen.set(keyOf(directoryId, name), free);
    return true;
  }

  directory(directoryId: number): OpenDirectory {
    const known = this.#handles.get(directoryId);
    if (known !== undefined) return known;
    if (this.#handles.size >= OPEN_HANDLES_MAX) this.#closeOldest();
    const handle = this.#open(directoryId);
    this.#handles.set(directoryId, handle);
    return handle;
  }

  /** Null where the directory has gone or cannot be opened. */
  tryDirectory(directoryId: number): OpenDirectory | null {
    try {
      return this.directory(directoryId);
    } catch (error) {
      if (error instanceof BtsootError && (error.kind === 'drift' || error.kind === 'io' || error.kind === 'not-found'))
        return null;
      throw error;
    }
  }

  /** What the entry that a step brings is called on the disk, where that is not its name; null where it is. */
  newDiskName(resolved: Resolved): Name | null {
    const to = resolved.kind === 'create' ? resolved.at : resolved.kind === 'move' ? resolved.to : null;
    if (to === null) return null;
    const disk = this.diskName(to.parentId, to.name);
    return disk === to.name ? null : disk;
  }

  /** What is there now, or null for nothing. */
  look(directoryId: number, name: Name): Seen | null {
    // An exception for what is not there, as for nearly every new file, would cost more than the look.
    const stats = lstatSync(this.place(directoryId, name), { bigint: true, throwIfNoEntry: false });
    return stats === undefined ? null : seenFromStats(stats, this.#tree.dev);
  }

  /** What an open directory is now, wherever it is, and whatever its mode forbids. */
  lookInside(directoryId: number): Seen {
    return seenFromStats(fstatSync(this.directory(directoryId).fd, { bigint: true }), this.#tree.dev);
  }

  close(): void {
    for (const handle of this.#handles.values()) handle.close();
    this.#handles.clear();
  }

  #open(directoryId: number): OpenDirectory {
    if (directoryId === ROOT_ID) return this.#tree.directory(ROOT_PATH);
    if (directoryId === STASH_ID) return this.#area.stash.directory(ROOT_PATH);
    if (directoryId === HISTORY_ID) return this.#area.history.directory(ROOT_PATH);
    const { area, diskPath } = this.#manifest.locate(directoryId);
    switch (area) {
      case 'tree':
        return this.#tree.directory(diskPath);
      case 'stash':
        return this.#area.stash.directory(diskPath);
      case 'history':
        return this.#area.history.directory(diskPath);
      case 'limbo':
        throw new Error('steps never run while a scan does');
    }
  }

  #closeOldest(): void {
    const [oldest] = this.#handles;
    if (oldest === undefined) return;
    oldest[1].close();
    this.#handles.delete(oldest[0]);
  }
}

function keyOf(directoryId: number, name: Name): string {
  return `${directoryId}/${name}`;
}
