import { sameBytes, sameObject, sameSeen } from '../disk/seen.js';
import type { TreeRoot } from '../disk/tree-root.js';
import { type Manifest, ROOT_ID } from '../manifest/manifest.js';
import type { TreePath } from '../model/bytes.js';
import type { Content, FileNode, Kind, TreeNode } from '../model/entry.js';
import { BtsootError } from '../model/errors.js';
import { limits } from '../model/limits.js';
import type { Seen } from '../model/seen.js';
import { isSmudged } from './granularity.js';

/**
 * A row that was seen with the inode of an entry found under another name.
 *
 * - `moved`: the row's own place no longer has the inode, so the entry is what the row stands for
 * - `linked`: its place still has it, or cannot be looked at; a hard link, or one directory mounted in two places
 */
export interface Known {
  readonly how: 'moved' | 'linked';
  readonly row: TreeNode;
  readonly seen: Seen;
}

/** Finds out where an inode was when the manifest last saw it. Inode numbers are hints: each is checked against the rest. */
export class Whereabouts {
  readonly #root: TreeRoot;
  readonly #manifest: Manifest;

  constructor(root: TreeRoot, manifest: Manifest) {
    this.#root = root;
    this.#manifest = manifest;
  }

  /** What is known of the inode that was found in the directory `parent`; a moved row is preferred to a linked one. */
  find(kind: Kind, now: Seen, parent: number): Known | null {
    let linked: Known | null = null;
    for (const candidate of this.#candidates(kind, now)) {
      const known = this.#place(candidate, now, parent);
      if (known?.how === 'moved') return known;
      linked ??= known;
    }
    return linked;
  }

  /** Whether a row other than this one was seen with the inode. */
  knowsOther(rowId: number, kind: Kind, now: Seen): boolean {
    for (const { row } of this.#candidates(kind, now)) if (row.id !== rowId) return true;
    return false;
  }

  /**
   * The content of a file whose ctime alone is another one, where its other names tell why: one of them has been looked at
   * as it is now, or has gone from its place, and a rename changes the ctime of all.
   */
  contentByNames(own: FileNode, before: Seen, now: Seen): Content | null {
    const isTouched = sameObject(before, now) && sameBytes(before, now) && !isSmudged(before);
    for (const { row, seen } of this.#candidates('file', now)) {
      if (row.id === own.id || row.kind !== 'file') continue;
      if (row.content !== null && sameSeen(seen, now)) return row.content;
      if (isTouched && this.#isGone(row, now)) return own.content;
    }
    return null;
  }

  #isGone({ id }: TreeNode, now: Seen): boolean {
    const { area, diskPath } = this.#manifest.locate(id);
    return area === 'limbo' || (area === 'tree' && !isStill(this.#lookAt(diskPath), now));
  }

  /** Without a birth time, an inode number that a file's size and time do not confirm may long be another file's. */
  *#candidates(kind: Kind, now: Seen): Generator<{ row: TreeNode; seen: Seen }> {
    for (const id of this.#manifest.withInode(now.dev, now.ino).slice(0, limits.linksTriedMax)) {
      const row = this.#manifest.row(id);
      const seen = this.#manifest.seen(id);
      if (row === undefined || seen === null || id === ROOT_ID || row.kind !== kind) continue;
      if (!sameObject(seen, now)) continue;
      if (kind === 'file' && now.btimeNs === 0n && !sameBytes(seen, now)) continue;
      yield { row, seen };
    }
  }

  #place({ row, seen }: { row: TreeNode; seen: Seen }, now: Seen, parent: number): Known | null {
    const { area, diskPath } = this.#manifest.locate(row.id);
    switch (area) {
      case 'history':
      case 'stash':
        return null;
      case 'limbo':
        return { how: this.#holds(row, parent) ? 'linked' : 'moved', row, seen };
      case 'tree': {
        const there = this.#lookAt(diskPath);
        if (there !== 'unknown' && there !== null && isRenumbered(seen, there)) return null;
        return { how: isStill(there, now) || this.#holds(row, parent) ? 'linked' : 'moved', row, seen };
      }
      default:
        return area satisfies never;
    }
  }

  #lookAt(path: TreePath): Seen | 'unknown' | null {
    try {
      return this.#root.lstat(path);
    } catch (error) {
      if (error instanceof BtsootError) return 'unknown';
      throw error;
    }
  }

  /** Whether the directory `parent` is the row or lies below it: a directory that is mounted inside itself. */
  #holds(row: TreeNode, parent: number): boolean {
    if (row.kind !== 'directory') return false;
    for (let at: number | undefined = parent; at !== undefined && at > ROOT_ID; at = this.#manifest.row(at)?.parent) {
      if (at === row.id) return true;
    }
    return false;
  }
}

/** What cannot be looked at may be there still. */
function isStill(there: Seen | 'unknown' | null, now: Seen): boolean {
  return there === 'unknown' || (there !== null && sameObject(there, now));
}

/**
 * Whether a row's place has what was there, by another inode number: where these are given out in the order in which
 * somebody asks (FAT, SFTP), the old one is another entry's now.
 */
function isRenumbered(seen: Seen, there: Seen): boolean {
  const isAlike = sameBytes(seen, there) && seen.ctimeNs === there.ctimeNs && seen.btimeNs === there.btimeNs;
  return isAlike && seen.ino !== there.ino;
}
