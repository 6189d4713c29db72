import { lstatSync, readlinkSync } from 'node:fs';
import { LINK_FILE_BYTES, readLinkFile } from '../disk/link-file.js';
import { metadataOf, sameBytes, sameObject, specialOf } from '../disk/seen.js';
import type { Manifest, NewEntry } from '../manifest/manifest.js';
import { joinPath, type Name } from '../model/bytes.js';
import type { Damage } from '../model/damage.js';
import type { Content, FileNode, Kind, SymlinkEntry, TreeNode } from '../model/entry.js';
import { errnoOf } from '../model/errors.js';
import type { Seen } from '../model/seen.js';
import type { Special } from '../model/special.js';
import { NO_XATTRS, type Xattrs } from '../model/xattrs.js';
import type { Asker } from './answers.js';
import { averageOfContent } from './chunk-average.js';
import type { HashQueue } from './hash-queue.js';
import type { Rows } from './rows.js';
import { LEFT_OUT } from './specials.js';
import type { Tally } from './tally.js';
import { isUnmounted } from './unmounted.js';
import { isOccupant, verdictOn } from './verdict.js';
import type { Task, Visit } from './visit.js';
import type { Known, Whereabouts } from './whereabouts.js';
import type { ListedXattrs, XattrReader } from './xattrs.js';

/** What a comparison of names with rows works with. */
export interface MergeTools {
  readonly manifest: Manifest;
  readonly rows: Rows;
  readonly whereabouts: Whereabouts;
  readonly queue: HashQueue<Asker>;
  readonly xattrs: XattrReader;
  readonly tally: Tally;
  /** Whether files are read whatever their stats say. */
  readonly readAll: boolean;
  /** A subdirectory was found, which is to be listed as well. */
  readonly found: (task: Task) => void;
  /** Whether any folder had a `.btsootignore` when the scan began. */
  readonly hadIgnoreFiles: boolean;
  /** Whether files may stand for symlinks (disk/link-file.ts). */
  readonly linkFiles: boolean;
}

/** The row that stayed at its name; `unknown` where nothing can be said about it now. */
type Occupant = TreeNode | 'unknown';

/**
 * Makes the rows of one directory those of its listing, in two passes over both in byte order: first every row whose
 * entry is not at its name any more goes to LIMBO, then every name finds its row: the one that stayed, one that was
 * seen with its inode elsewhere or lies in LIMBO, or a new one. So renames within a directory, swaps and cycles need no
 * care. Runs inside a transaction, in slices.
 */
export class Merge {
  readonly #tools: MergeTools;
  readonly #visit: Visit;
  readonly #before: readonly TreeNode[];
  readonly #occupants = new Map<number, Occupant>();
  /** What files had that something else has taken the names of: most programs save a file as a new one of its name. */
  readonly #replaced = new Map<Name, Content>();
  #pairedNames = 0;
  #pairedRows = 0;
  #settled = 0;

  constructor(tools: MergeTools, visit: Visit) {
    this.#tools = tools;
    this.#visit = visit;
    this.#before = tools.manifest.rows(visit.task.id);
  }

  /** Takes up to `most` small steps. @returns how many were taken: fewer when it is done */
  advance(most: number): number {
    const { names } = this.#visit.listing;
    for (let taken = 0; taken < most; taken++) {
      if (this.#pairedNames < names.length || this.#pairedRows < this.#before.length) this.#pairNext(names);
      else if (this.#settled < names.length) this.#settle(this.#settled++);
      else {
        this.#tools.rows.finishParts(this.#visit, 1);
        return taken;
      }
    }
    return most;
  }

  #pairNext(names: readonly Name[]): void {
    const name = names[this.#pairedNames];
    const row = this.#before[this.#pairedRows];
    if (row !== undefined && (name === undefined || row.name < name)) {
      this.#tools.rows.displace(row);
      this.#pairedRows++;
    } else if (row === undefined || name !== row.name) {
      this.#pairedNames++;
    } else {
      this.#pair(this.#pairedNames++, row);
      this.#pairedRows++;
    }
  }

  #pair(index: number, row: TreeNode): void {
    const { manifest, rows } = this.#tools;
    const { listing, task, handle } = this.#visit;
    const now = listing.seen(index);
    const before = manifest.seen(row.id);
    const answer = row.kind === this.#kind(index, row) ? isOccupant(before, now, row.kind) : 'no';
    if (answer === 'yes' || (answer === 'likely' && this.#mayStay(row, before, now))) this.#occupants.set(index, row);
    else if (isUnmounted({ row, before, now, parentDev: task.dev, parent: handle.directory, manifest })) {
      this.#occupants.set(index, 'unknown');
      this.#reportUnmounted(row);
    } else {
      if (row.kind === 'file' && row.content !== null) this.#replaced.set(row.name, row.content);
      rows.displace(row);
    }
  }

  /** A likely occupant whose inode number is another directory's has been swapped with that one. */
  #mayStay(row: TreeNode, before: Seen | null, now: Seen): boolean {
    const alike = before !== null && sameBytes(before, now) && before.ctimeNs === now.ctimeNs;
    return alike || !this.#tools.whereabouts.knowsOther(row.id, row.kind, now);
  }

  #reportUnmounted(row: TreeNode): void {
    const { rows, tally } = this.#tools;
    const { task } = this.#visit;
    this.#visit.dirty = true;
    rows.markUnknown(row.id);
    tally.problem(joinPath(task.path, row.name), 'unknown', 'its file system is not mounted: what it held stays as it was');
  }

  #settle(index: number): void {
    const { tally } = this.#tools;
    const { listing } = this.#visit;
    const kind = this.#kind(index, this.#occupants.get(index));
    if (kind === LEFT_OUT) {
      tally.specials++;
      return;
    }
    tally.entries++;
    const name = listing.names[index] as Name;
    const now = listing.seen(index);
    const occupant = this.#occupants.get(index);
    if (occupant === 'unknown') return;
    if (occupant === undefined) this.#findOrAdd(kind, name, index, now);
    else this.#refresh(occupant, index, now, false);
  }

  /** A file may stand for a symlink. What is as it was when its row was written is what its row says. */
  #kind(index: number, row: Occupant | undefined): Kind | typeof LEFT_OUT {
    const { listing, handle } = this.#visit;
    const kind = listing.kind(index);
    if (!this.#tools.linkFiles || kind !== 'file') return kind;
    const now = listing.seen(index);
    if (now.sizeBytes !== BigInt(LINK_FILE_BYTES)) return 'file';
    const before = row === undefined || row === 'unknown' ? null : this.#tools.manifest.seen(row.id);
    if (row !== undefined && row !== 'unknown' && before !== null && sameBytes(before, now) && row.kind !== 'directory')
      return row.kind;
    return this.#linkTarget(handle.directory.place(listing.diskName(index))) === null ? 'file' : 'symlink';
  }

  #linkTarget(place: Buffer): SymlinkEntry['target'] | null {
    try {
      return readLinkFile(place);
    } catch (error) {
      if (errnoOf(error) === undefined) throw error;
      this.#visit.dirty = true;
      return null;
    }
  }

  #findOrAdd(kind: Kind, name: Name, index: number, now: Seen): void {
    const { rows, whereabouts } = this.#tools;
    const { task } = this.#visit;
    const known = whereabouts.find(kind, now, task.id);
    if (known?.how === 'moved') {
      rows.move(known.row, task.id, name);
      this.#refresh({ ...known.row, parent: task.id, name }, index, now, true);
    } else this.#add(kind, name, index, now, known);
  }

  #refresh(row: TreeNode, index: number, now: Seen, moved: boolean): void {
    const { manifest, rows } = this.#tools;
    const before = manifest.seen(row.id);
    rows.noteDiskName(row.id, row.name, this.#visit.listing.diskName(index));
    const listed = this.#xattrs(index, before, now);
    switch (row.kind) {
      case 'file':
        if (this.#isToBeRead(row, index, before, listed.xattrs, moved)) this.#readUnlessKnown(row, before, index, listed);
        else rows.refresh(row, before, listed, {});
        return;
      case 'directory':
        rows.refresh(row, before, listed, {});
        this.#descend(row.id, index, now, this.#visit.whole || (moved && this.#mayRulesDiffer()));
        return;
      case 'symlink': {
        const target = verdictOn(before, now, moved) === 'same' ? row.target : this.#target(index);
        if (target !== null) rows.refresh(row, before, listed, { target });
        return;
      }
      case 'special': {
        const special = verdictOn(before, now, moved) === 'same' ? row.special : this.#special(index);
        if (special !== null) rows.refresh(row, before, listed, { special });
        return;
      }
      default:
        row satisfies never;
    }
  }

  /** Patterns speak of paths: other ones may count for what lies below a folder that was moved. */
  #mayRulesDiffer(): boolean {
    const { screen } = this.#visit;
    return screen !== null && (this.#tools.hadIgnoreFiles || !screen.isEmpty);
  }

  /**
   * What is known to be damaged stays unknown for as long as it is the same file, of the same size and time: its bytes count
   * for nothing. Its ctime proves no edit: a name that it was given and lost again changes it too.
   */
  #isToBeRead(row: FileNode, index: number, before: Seen | null, xattrs: Xattrs | null, moved: boolean): boolean {
    const now = this.#visit.listing.seen(index);
    if (this.#tools.readAll) return true;
    const isDamaged = row.content === null && this.#tools.manifest.damages.get(row.id) !== null;
    if (isDamaged && before !== null && sameObject(before, now) && sameBytes(before, now)) return false;
    return this.#isDoubtful(row, before, now, xattrs, moved) || (row.content === null && !isDamaged);
  }

  #readUnlessKnown(row: FileNode, before: Seen | null, index: number, listed: ListedXattrs): void {
    const { readAll, whereabouts, rows } = this.#tools;
    const now = this.#visit.listing.seen(index);
    const isLinked = !readAll && now.nlink > 1 && before !== null;
    const content = isLinked ? whereabouts.contentByNames(row, before, now) : null;
    if (content === null) this.#read(row.name, index, listed, row);
    else rows.refresh(row, before, listed, { content });
  }

  /** Without a birth time to tell two files apart, a changed inode number that is another row's proves nothing. */
  #isDoubtful(row: FileNode, before: Seen | null, now: Seen, xattrs: Xattrs | null, moved: boolean): boolean {
    const isMarked = xattrs !== null && this.#tools.rows.isMarked(row, xattrs);
    if (verdictOn(before, now, moved, isMarked) === 'changed') return true;
    const unstable = before?.ino !== now.ino && now.btimeNs === 0n;
    return unstable && this.#tools.whereabouts.knowsOther(row.id, 'file', now);
  }

  #add(kind: Kind, name: Name, index: number, now: Seen, known: Known | null): void {
    const listed = this.#xattrs(index, null, now);
    const meta = metadataOf(now, listed.xattrs ?? NO_XATTRS);
    switch (kind) {
      case 'file': {
        const damage = known === null ? null : this.#sharedDamage(known, now);
        const content = known === null ? null : sharedContent(known, now);
        if (content === null && damage === null) this.#read(name, index, listed, null);
        else {
          const id = this.#insert(name, index, { kind, meta, content }, listed.now);
          if (damage !== null) this.#tools.manifest.damages.share(id, damage);
        }
        return;
      }
      case 'directory':
        // Unknown until it has been listed: a scan that is cut off must not leave it as empty.
        this.#descend(this.#insert(name, index, { kind, meta, complete: false }, listed.now), index, now, true);
        return;
      case 'symlink': {
        const target = this.#target(index);
        if (target !== null) this.#insert(name, index, { kind, meta, target }, listed.now);
        return;
      }
      case 'special': {
        const special = this.#special(index);
        if (special !== null) this.#insert(name, index, { kind, meta, special }, listed.now);
        return;
      }
      default:
        kind satisfies never;
    }
  }

  /** What is wrong with the bytes of another name of the same inode, for as long as they are those. */
  #sharedDamage({ row, seen }: Known, now: Seen): Damage | null {
    return row.kind === 'file' && row.content === null && sameBytes(seen, now) ? this.#tools.manifest.damages.get(row.id) : null;
  }

  #insert(name: Name, index: number, entry: NewEntry, now: Seen): number {
    const { task, listing } = this.#visit;
    const id = this.#tools.rows.insert(task.id, name, entry, now);
    this.#tools.rows.noteDiskName(id, name, listing.diskName(index));
    return id;
  }

  #xattrs(index: number, before: Seen | null, now: Seen): ListedXattrs {
    const { task, handle, listing } = this.#visit;
    const [name, mayHave] = [listing.diskName(index), listing.mayHaveXattrs(index)];
    const listed = { parent: task.path, directory: handle.directory, name, now, atMs: listing.atMs, mayHave };
    return this.#tools.xattrs.read(listed, before);
  }

  #read(name: Name, index: number, listed: ListedXattrs, row: FileNode | null): void {
    const visit = this.#visit;
    const { manifest, queue } = this.#tools;
    visit.outstanding++;
    const previousAverageBytes = averageOfContent(manifest, row?.content ?? this.#replaced.get(name) ?? null);
    const diskName = visit.listing.diskName(index);
    const seen = visit.listing.seen(index);
    const file = { directory: visit.handle, folder: visit.task.path, name: diskName, seen, previousAverageBytes };
    queue.add(file, { visit, name, diskName, rowId: row?.id ?? null, listed });
  }

  #descend(id: number, index: number, now: Seen, whole: boolean): void {
    const { task, directoryIds, listing } = this.#visit;
    directoryIds.push(id);
    const path = joinPath(task.path, listing.diskName(index));
    const { dev, ino } = now;
    const { screen } = this.#visit;
    this.#tools.found({ path, id, parent: task.id, foundBy: this.#visit, dev, ino, depth: task.depth + 1, screen, whole });
  }

  /** Null as for a symlink's target. Never opened: a FIFO would wait for its other end. */
  #special(index: number): Special | null {
    const { handle, listing } = this.#visit;
    const stats = lstatSync(handle.directory.place(listing.diskName(index)), { bigint: true, throwIfNoEntry: false });
    const special = stats === undefined ? null : specialOf(stats);
    if (special === null) this.#visit.dirty = true;
    return special;
  }

  /** Null where it has vanished or become something else meanwhile, which the next scan will see. */
  #target(index: number): SymlinkEntry['target'] | null {
    const place = this.#visit.handle.directory.place(this.#visit.listing.diskName(index));
    if (this.#visit.listing.kind(index) === 'file') return this.#linkTarget(place);
    try {
      return readlinkSync(place, 'latin1');
    } catch (error) {
      if (errnoOf(error) === undefined) throw error;
      this.#visit.dirty = true;
      return null;
    }
  }
}

/** Content of another name of the same inode, where its row is still true. */
function sharedContent({ row, seen }: Known, now: Seen): FileNode['content'] {
  return row.kind === 'file' && verdictOn(seen, now, false) !== 'changed' ? row.content : null;
}
