import { metadataOf, sameObject, sameSeen } from '../disk/seen.js';
import { type EntryPatch, type Inode, LIMBO_ID, type Manifest, type NewEntry, type NewFile } from '../manifest/manifest.js';
import type { Name } from '../model/bytes.js';
import type { DriftHow } from '../model/drift.js';
import type { Content, FileNode, Metadata, TreeNode } from '../model/entry.js';
import { sameContent, sameMetadata } from '../model/entry.js';
import type { Seen } from '../model/seen.js';
import { sameSpecial } from '../model/special.js';
import type { Xattrs } from '../model/xattrs.js';
import type { Drift } from './drift.js';
import { encodeRecord } from './record.js';
import type { Tally } from './tally.js';
import type { TreeWatch } from './tree-watch.js';
import { mirroredMetadata, type ScanMode } from './verdict.js';
import type { Visit } from './visit.js';
import type { ListedXattrs } from './xattrs.js';

export interface RowsOptions {
  readonly mode: ScanMode;
  readonly hardLinks: boolean;
  /** Null where nobody is to be told what differs. */
  readonly drift: Drift | null;
  /** Null where the tree is not watched. */
  readonly watch: TreeWatch | null;
  /** What leads a scan of changes elsewhere. */
  readonly leads: Leads;
}

/** What a scan of changes may find in one folder that says something of others. */
export interface Leads {
  /** Something is new about a file that has several names, or had them. */
  linked(inode: Inode): void;
  /** A row has left the directory. */
  left(directoryId: number): void;
}

/** Writes what a scan has found into the manifest, and counts it. */
export class Rows {
  readonly #manifest: Manifest;
  readonly #mode: ScanMode;
  readonly #tally: Tally;
  readonly #drift: Drift | null;
  readonly #hardLinks: boolean;
  readonly #watch: TreeWatch | null;
  readonly #leads: Leads;

  constructor(manifest: Manifest, tally: Tally, { mode, hardLinks, drift, watch, leads }: RowsOptions) {
    this.#manifest = manifest;
    this.#mode = mode;
    this.#tally = tally;
    this.#drift = drift;
    this.#hardLinks = hardLinks;
    this.#watch = watch;
    this.#leads = leads;
  }

  insert(parent: number, name: Name, entry: NewEntry, seen: Seen | null): number {
    this.#tally.changed++;
    if (entry.kind === 'file' && seen !== null && seen.nlink > 1) this.#linkIsDue(seen);
    const id = this.#manifest.insert(parent, name, entry, seen);
    this.#drift?.inserted(id, parent, name);
    return id;
  }

  /** The row stays what it is: brings metadata, the given facts and what was seen up to date. */
  refresh(row: TreeNode, before: Seen | null, { now, xattrs }: ListedXattrs, facts: EntryPatch): void {
    const stated = mirroredMetadata(this.#mode, row.meta, before, now);
    const isMarked = xattrs !== null && (before === null || this.isMarked(row, xattrs));
    const meta = isMarked ? { ...stated, xattrs } : stated;
    if (!isAsSaid(row, meta, facts)) {
      this.#tally.changed++;
      this.#manifest.update(row.id, { meta, ...facts });
      this.#noteChange(row, before, meta, facts);
    }
    if (row.kind === 'file' && (now.nlink > 1 || row.group !== null || (before?.nlink ?? 1) > 1))
      this.#noteLinks(row, before, now);
    if (before === null || !sameSeen(before, now)) this.#manifest.setSeen(row.id, now);
  }

  /** Whether somebody has changed the extended attributes: of a mirror, whose disk may not hold all, those that it showed. */
  isMarked(row: TreeNode, xattrs: Xattrs): boolean {
    return xattrs !== (this.#mode === 'origin' ? row.meta.xattrs : this.#manifest.seenXattrs(row.id));
  }

  move(row: TreeNode, parent: number, name: Name): void {
    this.#tally.renamed++;
    this.#tally.changed++;
    this.#leads.left(row.parent);
    this.#manifest.rename(row.id, parent, name);
    this.#drift?.moved(row, parent, name);
  }

  /** Not where it was: out of the way until it is found elsewhere, or the scan ends. */
  displace(row: TreeNode): void {
    this.#drift?.displaced(row);
    this.#manifest.rename(row.id, LIMBO_ID, String(row.id) as Name);
  }

  /** A directory whose entries cannot be known: what is known of them stays. */
  markUnknown(directoryId: number): void {
    const row = this.#manifest.row(directoryId);
    if (row?.kind !== 'directory') return;
    if (row.complete) this.#tally.changed++;
    this.#manifest.update(directoryId, { complete: false });
    this.lookAgain(directoryId);
  }

  /** The directory's entries are compared one by one next time. */
  lookAgain(directoryId: number): void {
    this.#manifest.setListing(directoryId, null);
    this.#watch?.lookAgain(directoryId);
  }

  #noteLinks({ group }: FileNode, before: Seen | null, now: Seen): void {
    const isSettled = group !== null && now.nlink > 1 && before !== null && sameSeen(before, now);
    if (isSettled || !this.#hardLinks) return;
    this.#linkIsDue(now);
    if (before !== null && !sameObject(before, now)) this.#linkIsDue(before);
  }

  #linkIsDue(inode: Inode): void {
    this.#manifest.inodeIsDue(inode);
    this.#leads.linked(inode);
  }

  /** Parts of a visit are done; with the last one the directory is complete, and its listing can be trusted next time. */
  finishParts(visit: Visit, count: number): void {
    visit.outstanding -= count;
    if (visit.outstanding > 0) return;
    const { id } = visit.task;
    this.#manifest.update(id, { complete: visit.complete });
    const trusted = !visit.dirty && !visit.listing.racy && visit.complete;
    if (trusted) this.#manifest.setListing(id, encodeRecord(visit.listing.digest(), visit.directoryIds));
    else this.lookAgain(id);
  }

  /** `disk`: what the entry is called there. */
  noteDiskName(id: number, name: Name, disk: Name): void {
    const { diskNames } = this.#manifest;
    if (disk !== name) diskNames.set(id, disk);
    else if (diskNames.any) diskNames.set(id, null);
  }

  /**
   * The bytes of a file are others though its stat is what it was, or it has none to be told by. What was known of its
   * content does not hold, and what it holds is not what anybody wrote.
   */
  markRotten(row: FileNode, before: Seen | null, listed: ListedXattrs): void {
    this.#tally.changed++;
    this.#manifest.damages.mark(row.id, 'rotten', Date.now() * 1000);
    // So are its other names.
    if (listed.now.nlink > 1 && this.#hardLinks) this.#linkIsDue(listed.now);
    this.#drift?.changed(row, 'damaged');
    this.refresh({ ...row, content: null }, before, listed, {});
  }

  #noteChange(row: TreeNode, before: Seen | null, meta: Metadata, facts: EntryPatch): void {
    const how = this.#drift === null ? null : driftOf(row, before, meta, facts);
    if (how !== null) this.#drift?.changed(row, how);
  }

  /** Files that have one name each. Answers false, and does nothing, where one of the names has a row. */
  newFiles(parent: number, files: readonly NewFile[]): boolean {
    const ids = this.#manifest.insertFiles(parent, files);
    if (ids === null) return false;
    this.#tally.changed += ids.length;
    if (this.#drift === null) return true;
    for (const [index, { name }] of files.entries()) this.#drift.inserted(ids[index] as number, parent, name);
    return true;
  }

  newFile(parent: number, name: Name, content: Content | null, seen: Seen, xattrs: Xattrs): number {
    return this.insert(parent, name, { kind: 'file', meta: metadataOf(seen, xattrs), content }, seen);
  }
}

/** Null for what no stranger has done: what was never seen, what comes to be known, a folder's time. */
function driftOf(row: TreeNode, before: Seen | null, meta: Metadata, facts: EntryPatch): DriftHow | null {
  if (row.kind === 'file' && row.content !== null && facts.content !== undefined) {
    if (facts.content === null) return 'damaged';
    if (!sameContent(row.content, facts.content)) return 'edited';
  }
  if (row.kind === 'symlink' && facts.target !== undefined && facts.target !== row.target) return 'edited';
  const isOnlyTime = sameMetadata({ ...meta, mtimeUs: row.meta.mtimeUs }, row.meta);
  return before === null || (row.kind === 'directory' && isOnlyTime) || sameMetadata(meta, row.meta) ? null : 'changed';
}

function isAsSaid(row: TreeNode, meta: Metadata, facts: EntryPatch): boolean {
  if (!sameMetadata(row.meta, meta)) return false;
  if (row.kind === 'file') return facts.content === undefined || isSameContent(row.content, facts.content);
  if (row.kind === 'special') return facts.special === undefined || sameSpecial(row.special, facts.special);
  if (row.kind === 'symlink') return facts.target === undefined || row.target === facts.target;
  return true;
}

function isSameContent(a: Content | null, b: Content | null): boolean {
  return a === b || sameContent(a, b);
}
