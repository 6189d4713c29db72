import { fstatSync, lstatSync } from 'node:fs';
import { seenFromStats } from '../disk/seen.js';
import type { OpenDirectory, TreeRoot } from '../disk/tree-root.js';
import { HISTORY_ID, type Manifest, ROOT_ID, STASH_ID } from '../manifest/manifest.js';
import { type Name, ROOT_PATH } from '../model/bytes.js';
import { BtsootError } from '../model/errors.js';
import type { Seen } from '../model/seen.js';
import type { Area } from './area.js';

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

  constructor(tree: TreeRoot, area: Area, manifest: Manifest) {
    this.#tree = tree;
    this.#area = area;
    this.#manifest = manifest;
  }

  /** The place of `name` in the directory of this row, for file system calls that do not follow symlinks. */
  place(directoryId: number, name: Name): Buffer {
    return this.directory(directoryId).place(name);
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
    const { area, path } = this.#manifest.locate(directoryId);
    switch (area) {
      case 'tree':
        return this.#tree.directory(path);
      case 'stash':
        return this.#area.stash.directory(path);
      case 'history':
        return this.#area.history.directory(path);
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
