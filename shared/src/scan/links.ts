import { sameBytes } from '../disk/seen.js';
import type { Inode, Manifest } from '../manifest/manifest.js';
import type { Damage } from '../model/damage.js';
import { hashBytes } from '../model/digest.js';
import { type FileNode, sameContent, sameMetadata } from '../model/entry.js';
import { limits } from '../model/limits.js';
import type { Seen } from '../model/seen.js';
import type { Pace } from './pace.js';
import type { Tally } from './tally.js';

/** A row of the tree, and what was seen of it. */
interface Sighted {
  readonly row: FileNode;
  readonly seen: Seen;
}

type Names = readonly [Sighted, ...Sighted[]];

/**
 * After a complete scan: gives the names of each file one group. Inodes are looked at that have come to have several names,
 * or had them; the rest is as it was. A group keeps its name for as long as two of its names are left.
 */
export async function settleLinks(manifest: Manifest, tally: Tally, pace: Pace): Promise<void> {
  const settling = new Settling(manifest, tally);
  while (settling.next()) if (pace.isDue()) await pace.rest();
}

class Settling {
  readonly #manifest: Manifest;
  readonly #tally: Tally;
  /** Files that had to give up a group to another one. */
  readonly #asked = new Set<string>();

  constructor(manifest: Manifest, tally: Tally) {
    this.#manifest = manifest;
    this.#tally = tally;
  }

  /** Settles some inodes in one transaction. @returns whether any were due */
  next(): boolean {
    const due = this.#manifest.inodesDue(limits.scanCommitInodesMax);
    this.#manifest.transaction(() => {
      for (const inode of due) {
        for (const names of filesOf(this.#manifest, inode)) this.#settle(names);
        this.#manifest.inodeIsSettled(inode);
      }
    });
    return due.length > 0;
  }

  #settle(all: readonly Sighted[]): void {
    const [first, ...others] = all.filter(({ seen }) => seen.nlink > 1);
    const names: Names | null = first === undefined || others.length === 0 ? null : [first, ...others];
    const group = names === null ? null : groupOf(this.#manifest, names);
    const truth = names === null ? null : truthOf(this.#manifest, names);
    for (const { row, seen } of all) {
      if (group === null || truth === null || seen.nlink === 1) this.#write(row, null, row);
      else {
        this.#write(row, group, truth.row);
        if (truth.damage !== null && row.id !== truth.row.id) this.#manifest.damages.share(row.id, truth.damage);
      }
    }
    if (group !== null) this.#takeFromOthers(group, all);
  }

  /** A restore that was told to leave some names alone leaves them in the group of what it put elsewhere. */
  #takeFromOthers(group: string, all: readonly Sighted[]): void {
    const own = new Set(all.map(({ row }) => row.id));
    for (const row of this.#manifest.withGroup(group)) {
      if (own.has(row.id)) continue;
      const seen = this.#manifest.seen(row.id);
      const key = `${seen?.dev}:${seen?.ino}`;
      if (seen === null) this.#write(row, null, row);
      else if (!this.#asked.has(key)) this.#manifest.inodeIsDue(seen);
      this.#asked.add(key);
    }
  }

  #write(row: FileNode, group: string | null, { content, meta }: FileNode): void {
    const hasSameContent = row.content === content || sameContent(row.content, content);
    if (row.group === group && hasSameContent && sameMetadata(row.meta, meta)) return;
    this.#tally.changed++;
    this.#manifest.update(row.id, { group, content, meta });
  }
}

/** The rows that were seen with this inode, file by file: an old row may be of a file that had its number before. */
function filesOf(manifest: Manifest, { dev, ino }: Inode): Sighted[][] {
  const files: Sighted[][] = [];
  for (const id of manifest.withInode(dev, ino)) {
    const row = manifest.get(id);
    const seen = manifest.seen(id);
    if (row?.kind !== 'file' || seen === null) continue;
    const file = files.find(([first]) => first !== undefined && isSameFile(first.seen, seen));
    if (file === undefined) files.push([{ row, seen }]);
    else file.push({ row, seen });
  }
  return files;
}

/** Without a birth time an inode number is believed of files alike only. */
function isSameFile(a: Seen, b: Seen): boolean {
  return a.btimeNs === b.btimeNs && (a.btimeNs !== 0n || sameBytes(a, b));
}

/**
 * A file that was changed while its names were visited is what the last look at it said. One of whose names is known to be
 * damaged is so under all of them, unless it was written since.
 */
function truthOf(manifest: Manifest, names: Names): { readonly row: FileNode; readonly damage: Damage | null } {
  const [first, ...others] = names;
  const newest = others.reduce((last, one) => (one.seen.ctimeNs > last.seen.ctimeNs ? one : last), first);
  for (const { row, seen } of names) {
    const damage = row.content === null && sameBytes(seen, newest.seen) ? manifest.damages.get(row.id) : null;
    if (damage !== null) return { row: { ...newest.row, id: row.id, content: null }, damage };
  }
  return { row: newest.row, damage: null };
}

/** The group that names of this file have already and no other file has a better right to, else a new one. */
function groupOf(manifest: Manifest, names: Names): string {
  const { seen } = names[0];
  const known = new Set(names.map(({ row }) => row.group).filter((group) => group !== null));
  const derived = derive(seen, 0);
  if (known.has(derived)) return derived;
  const own = new Set(names.map(({ row }) => row.id));
  const kept = [...known].find((group) => !isAnothers(manifest, group, own));
  if (kept !== undefined) return kept;
  for (let salt = 0; ; salt++) {
    const group = derive(seen, salt);
    if (!manifest.withGroup(group).some(({ id }) => !own.has(id))) return group;
  }
}

/** Whether it is derived from another file that has several names, or that file's row is the oldest in it. */
function isAnothers(manifest: Manifest, group: string, own: ReadonlySet<number>): boolean {
  const rows = manifest.withGroup(group);
  const oldestOwn = Math.min(...rows.filter(({ id }) => own.has(id)).map(({ id }) => id));
  return rows.some(({ id }) => {
    const seen = own.has(id) ? null : manifest.seen(id);
    return seen !== null && seen.nlink > 1 && (id < oldestOwn || derive(seen, 0) === group);
  });
}

/** The same for the same file, whenever a manifest is made anew. */
function derive({ ino, btimeNs }: Seen, salt: number): string {
  const from = Buffer.alloc(24);
  from.writeBigUInt64LE(ino, 0);
  from.writeBigInt64LE(BigInt.asIntN(64, btimeNs), 8);
  from.writeUInt32LE(salt, 16);
  return hashBytes(from).slice(0, 16);
}
