import { chmodSync, readdirSync, unlinkSync } from 'node:fs';
import { kindOfMode } from '../disk/seen.js';
import type { Manifest } from '../manifest/manifest.js';
import { display, type Name } from '../model/bytes.js';
import type { TreeNode } from '../model/entry.js';
import type { Shortcomings } from '../model/shortcomings.js';
import { drifted } from './action.js';
import { isRoot } from './held.js';
import type { Inodes } from './inodes.js';
import type { Places } from './places.js';
import { type RowPlace, sameIdentity } from './resolve.js';

export interface DiskCheckOptions {
  readonly manifest: Manifest;
  readonly places: Places;
  readonly shortcomings: Shortcomings;
  readonly keepHistory: boolean;
}

const HERE = '.' as Name;

/** What a step expects of the disk, checked immediately before it acts. What is not so is thrown as StepFailed `drift`. */
export class DiskChecks {
  readonly #o: DiskCheckOptions;
  readonly #inodes: Inodes;

  constructor(options: DiskCheckOptions, inodes: Inodes) {
    this.#o = options;
    this.#inodes = inodes;
  }

  requireUnchanged(at: RowPlace, row: TreeNode): void {
    if (this.isUnchanged(at, row)) return;
    const isThere = this.#o.places.look(at.parentId, at.name) !== null;
    throw drifted(`${at.label}: it ${isThere ? 'was changed on' : 'has gone from'} the disk`);
  }

  /** Whether the disk shows what the row says. */
  isUnchanged(at: RowPlace, row: TreeNode): boolean {
    const known = this.#o.manifest.seen(row.id);
    const now = this.#o.places.look(at.parentId, at.name);
    if (row.kind === 'file') this.#inodes.note(known);
    return known !== null && now !== null && sameIdentity(known, now, row.kind, this.#o.shortcomings);
  }

  /**
   * A special file that came since the tree was checked, and any socket, holds no bytes and has no row: a mirror lets it go.
   * An entry of ours whose name is the same one on this disk stays.
   * @param mover what is about to be renamed to it
   */
  requireNothing(at: RowPlace, mover: TreeNode | null): void {
    const { places, keepHistory } = this.#o;
    const there = places.look(at.parentId, at.name);
    if (there === null || places.makeWay(at.parentId, at.name, mover?.id ?? null)) return;
    const kind = kindOfMode(there.mode);
    if (!keepHistory || (kind !== 'special' && kind !== 'socket'))
      throw drifted(`${at.label}: something new is there on the disk`);
    makeWritable(this.#o, at.parentId);
    unlinkSync(places.place(at.parentId, at.name));
  }

  /** Where what is removed is not kept, everything below it must still be what was seen when that was decided. */
  requireSameBelow(top: TreeNode): void {
    const { manifest, places } = this.#o;
    const pending = top.kind === 'directory' ? [top.id] : [];
    for (let id = pending.pop(); id !== undefined; id = pending.pop()) {
      const rows = manifest.rows(id);
      const names = new Set<string>(readdirSync(places.place(id, HERE), { encoding: 'latin1' }));
      const label = display(manifest.locate(id).path);
      if (names.size !== rows.length) throw drifted(`${label}: it was changed on the disk`);
      for (const row of rows) {
        this.requireUnchanged({ parentId: id, name: row.name, label: `${label}/${display(row.name)}` }, row);
        if (row.kind === 'directory') pending.push(row.id);
      }
    }
  }
}

/** A mirrored folder may be read-only to its own owner; `Aftermath.finish` gives its mode back. Root needs none of this. */
export function makeWritable({ manifest, places }: Pick<DiskCheckOptions, 'manifest' | 'places'>, directoryId: number): void {
  if (isRoot()) return;
  const row = manifest.row(directoryId);
  if (row?.kind !== 'directory' || (row.meta.mode & 0o300) === 0o300) return;
  if (manifest.locate(directoryId).area === 'tree') chmodSync(places.place(directoryId, HERE), row.meta.mode | 0o700);
}
