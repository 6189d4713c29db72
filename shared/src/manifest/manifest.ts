import type { Name, TreePath } from '../model/bytes.js';
import { stateDigest } from '../model/digest.js';
import type { Content, DirectoryNode, FileNode, Metadata, TreeNode } from '../model/entry.js';
import { BtsootError } from '../model/errors.js';
import type { Seen } from '../model/seen.js';
import type { Tree } from '../model/tree.js';
import type { Xattrs } from '../model/xattrs.js';
import { Areas, LAST_RESERVED_ID, type Location, ROOT_ID } from './areas.js';
import { ChunkLists } from './chunk-lists.js';
import { clearTree } from './clear.js';
import { Contents } from './contents.js';
import { Damages } from './damages.js';
import { DiskNames } from './disk-names.js';
import { Entries } from './entries.js';
import { Expiry } from './expiry.js';
import { History, type HistorySize, type SessionEnd, type SessionRecord, type SessionTally } from './history.js';
import { IgnoreFiles } from './ignore-files.js';
import { type Inode, InodesDue } from './inodes-due.js';
import { Listings } from './listings.js';
import type { NewFile } from './new-files.js';
import { type FormerPlace, PastTree, Versions } from './past-tree.js';
import { PathHistory, RowVersions } from './path-history.js';
import { Peers } from './peers.js';
import { Reader } from './reader.js';
import { Removal } from './removal.js';
import type { EntryPatch, NewEntry } from './rows.js';
import { migrate } from './schema.js';
import { Settings } from './settings.js';
import { Digests } from './settle.js';
import { Sightings } from './sightings.js';
import { damaged } from './sqlite-errors.js';
import { Store } from './store.js';

export { type AreaName, HISTORY_ID, LIMBO_ID, type Location, ROOT_ID, STASH_ID } from './areas.js';
export type { Slot } from './expiry.js';
export type { HistorySize, SessionRecord, SessionTally } from './history.js';
export type { Inode } from './inodes-due.js';
export type { NewFile } from './new-files.js';
export type { EntryPatch, NewEntry } from './rows.js';

/**
 * What one side knows of a tree, in an SQLite file: its entries, what the disk said of them, which entry of the other
 * side each one is, and old versions by session. Rows hang below one of four roots: ROOT, the tree itself, which is
 * what the Tree calls read; LIMBO, HISTORY and STASH (see areas.ts). Every call is synchronous, and every write is
 * durable when its outermost transaction returns. Failures are BtsootErrors: `corrupt` for a damaged file, `no-space`,
 * `io` and `busy` from the disk, `not-found` for a row that is not there.
 */
export class Manifest implements Tree {
  /** A UUID made with the file. Another id means another manifest, whose row ids mean something else. */
  readonly manifestId: string;
  readonly #store: Store;
  readonly #areas: Areas;
  readonly #contents: Contents;
  readonly #chunkLists: ChunkLists;
  readonly #reader: Reader;
  readonly #digests: Digests;
  readonly #history: History;
  readonly #listings: Listings;
  readonly #ignoreFiles: IgnoreFiles;
  readonly #sightings: Sightings;
  readonly #inodesDue: InodesDue;
  readonly #peers: Peers;
  readonly #settings: Settings;
  readonly #removal: Removal;
  readonly #entries: Entries;
  /** Old history that is let go. */
  readonly expiry: Expiry;
  readonly #versions: Versions;
  /** Names on a disk that cannot hold all names. They are in no digest, and a row that is renamed loses its own. */
  readonly diskNames: DiskNames;
  readonly damages: Damages;
  readonly #rowVersions: RowVersions;

  private constructor(store: Store) {
    const identity = store.query<{ id: string }>('SELECT id FROM manifest').get();
    if (identity === undefined) throw damaged(store.file, 'it has no identity');
    this.manifestId = identity.id;
    this.#store = store;
    const contents = new Contents(store);
    this.#contents = contents;
    this.#chunkLists = new ChunkLists(store, contents);
    this.#areas = new Areas(store);
    this.#reader = new Reader(store, this.#areas, contents);
    this.#digests = new Digests(store, this.#reader);
    this.#history = new History(store);
    this.#listings = new Listings(store);
    this.#ignoreFiles = new IgnoreFiles(store);
    this.#sightings = new Sightings(store, this.#listings);
    this.#inodesDue = new InodesDue(store);
    this.#peers = new Peers(store);
    this.#settings = new Settings(store);
    this.#removal = new Removal(store, contents, this.#listings, this.#digests, this.#history);
    this.#entries = new Entries(store, {
      areas: this.#areas,
      contents,
      digests: this.#digests,
      history: this.#history,
      listings: this.#listings,
      reader: this.#reader,
    });
    this.#versions = new Versions(store);
    this.diskNames = new DiskNames(store);
    this.damages = new Damages(store, this.#entries, this.#reader);
    this.#rowVersions = new RowVersions(store);
    this.expiry = new Expiry(store, contents, this.#removal, this.#settings);
  }

  /**
   * Opens a manifest file, and makes it where there is none: with an empty, complete root of mode 0755, owner 0 and time 0.
   * @throws BtsootError of kind `corrupt` where the file is damaged or no manifest, `version` where a newer program made it.
   */
  static open(file: string): Manifest {
    const store = Store.open(file);
    try {
      migrate(store);
      return new Manifest(store);
    } catch (error) {
      store.close();
      throw error;
    }
  }

  close(): void {
    this.#store.close();
  }

  /** All of `work`, which must not be async, or nothing of it. A call inside another joins that one. */
  transaction<T>(work: () => T): T {
    return this.#store.transaction(work);
  }

  /**
   * What is committed during `work` is durable when it ends, and not before: for a scan, which would find it again.
   * Belongs around no transaction, and in none.
   */
  durableAtEnd<T>(work: () => Promise<T>): Promise<T> {
    return this.#store.durableAtEnd(work);
  }

  /** Rows written since the file was opened: what tests hold the work done against. */
  rowsWritten(): number {
    return this.#store.rowsWritten();
  }

  root(): DirectoryNode {
    const root = this.#reader.row(ROOT_ID);
    if (root?.kind !== 'directory') throw damaged(this.#store.file, 'it has no root directory');
    return root;
  }

  get(id: number): TreeNode | undefined {
    return this.#reader.entry(id);
  }

  children(id: number): TreeNode[] {
    return this.#reader.rows(id);
  }

  child(id: number, name: Name): TreeNode | undefined {
    return this.#reader.child(id, name);
  }

  withContent(content: Content, most: number): FileNode[] {
    return this.#reader.withContent(content, most);
  }

  withGroup(group: string): FileNode[] {
    return this.#reader.withGroup(group);
  }

  withDigest(digest: string, most: number): DirectoryNode[] {
    return this.#reader.withDigest(digest, most);
  }

  /** Any row, wherever it hangs. */
  row(id: number): TreeNode | undefined {
    return this.#reader.row(id);
  }

  /** The rows of any directory row, in byte order of names. */
  rows(parent: number): TreeNode[] {
    return this.#reader.rows(parent);
  }

  /** @throws BtsootError of kind `not-found` where there is no such row. */
  locate(id: number): Location {
    return this.#areas.locate(id);
  }

  /** The entry at a path in the tree. */
  lookup(path: TreePath): TreeNode | undefined {
    return this.#reader.lookup(ROOT_ID, path);
  }

  /** The row at a path below an area's root. */
  lookupIn(areaId: number, path: TreePath): TreeNode | undefined {
    return this.#reader.lookup(areaId, path);
  }

  /** At most `most` files with this content, in the tree first, then in the stash and in history. */
  holdersOf(content: Content, most: number): FileNode[] {
    return this.#reader.holdersOf(content, most);
  }

  /**
   * @returns the new row's id
   * @throws BtsootError of kind `exists` where the directory has an entry of this name.
   */
  insert(parent: number, name: Name, entry: NewEntry, seen: Seen | null): number {
    return this.transaction(() => this.#entries.insert(parent, name, entry, seen));
  }

  /**
   * As `insert`, of many files, each with one name, in a fraction of the time. Their names are different.
   * @returns the new rows' ids, or null, and nothing is done, where the directory has an entry of any of these names
   */
  insertFiles(parent: number, files: readonly NewFile[]): number[] | null {
    return this.transaction(() => this.#entries.insertFiles(parent, files));
  }

  /** @throws BtsootError of kind `invalid` where the patch does not fit the entry's kind. */
  update(id: number, patch: EntryPatch): void {
    this.transaction(() => this.#entries.update(id, patch));
  }

  /**
   * Moves a row, with all that hangs below it, to another directory of any area: one row changes, and digests above it.
   * @throws BtsootError of kind `exists` where there is an entry of this name, `invalid` below itself or into an old version.
   */
  rename(id: number, parent: number, name: Name): void {
    this.transaction(() => this.#entries.rename(id, parent, name));
  }

  /** Removes a row with all that hangs below it. An id without a row is no error. */
  remove(id: number): void {
    if (id <= LAST_RESERVED_ID) throw new BtsootError('invalid', `row ${id} is a root and cannot be removed`);
    this.transaction(() => this.#removal.remove(id));
  }

  seen(id: number): Seen | null {
    return this.#sightings.get(id);
  }

  /** Leaves digests and history alone. */
  setSeen(id: number, seen: Seen | null): void {
    this.transaction(() => this.#sightings.set(id, seen));
  }

  /** The extended attributes that the disk showed last: the mirrored ones, where nothing else was noted of them. */
  seenXattrs(id: number): Xattrs {
    return this.#sightings.xattrs(id);
  }

  /** Belongs beside `setSeen`, where the disk may not hold what is mirrored. Forgotten when other attributes are mirrored. */
  setSeenXattrs(id: number, xattrs: Xattrs): void {
    this.#sightings.setXattrs(id, xattrs);
  }

  /** Ids of the rows of any area that were last seen with this device and inode. */
  withInode(dev: bigint, ino: bigint): number[] {
    return this.#sightings.withInode(dev, ino);
  }

  /** Which rows are names of this inode is to be found out, when a scan has seen all of them. */
  inodeIsDue(inode: Inode): void {
    this.#inodesDue.add(inode);
  }

  /** At most `most` of the inodes that are due, in a fixed order. */
  inodesDue(most: number): Inode[] {
    return this.#inodesDue.next(most);
  }

  inodeIsSettled(inode: Inode): void {
    this.#inodesDue.remove(inode);
  }

  /** The directory's packed stat record; null once a child came, went, was renamed or seen anew. */
  listing(directoryId: number): Buffer | null {
    return this.#listings.get(directoryId);
  }

  /** What a scan found in the directory's `.btsootignore`; null where there was none. It goes with the row. */
  ignoreFile(directoryId: number): string | null {
    return this.#ignoreFiles.get(directoryId);
  }

  /** Whether any folder has a `.btsootignore`. */
  get hasIgnoreFiles(): boolean {
    return this.#ignoreFiles.any;
  }

  setIgnoreFile(directoryId: number, text: string | null): void {
    this.#ignoreFiles.set(directoryId, text);
  }

  setListing(directoryId: number, record: Buffer | null): void {
    if (record === null) this.#listings.clear(directoryId);
    else this.#listings.set(directoryId, record);
  }

  /**
   * Where a row below HISTORY had its place in the tree, when a session replaced or removed it.
   * @returns null where history does not reach back to that any more
   */
  formerPlace(historyId: number): FormerPlace | null {
    return this.#versions.formerPlace(historyId, this.#areas, this.#reader);
  }

  /** The content's packed chunk list (delta/chunk-list.ts), or null. */
  chunks(content: Content): Buffer | null {
    return this.#chunkLists.get(content);
  }

  /**
   * Keeps the list for as long as an entry or a past version has the content; belongs into one transaction with what
   * refers to it. Takes the place of a list that is there already.
   */
  setChunks(content: Content, packed: Buffer): void {
    this.transaction(() => this.#chunkLists.set(content, packed));
  }

  /** Drops the content with its list and hooks where no entry and no past version has it. */
  releaseContent(content: Content): void {
    this.transaction(() => {
      const id = this.#contents.find(content);
      if (id !== undefined) this.#contents.release(id);
    });
  }

  /** By these, `contentsWithHooks` finds the content. Kept and replaced as its list is. Signed 64-bit numbers. */
  setHooks(content: Content, hooks: readonly bigint[]): void {
    this.transaction(() => this.#chunkLists.setHooks(content, hooks));
  }

  /** At most `most` contents that have any of these hooks, those that have most of them first, then the newest. */
  contentsWithHooks(hooks: readonly bigint[], most: number): Content[] {
    return this.#chunkLists.withHooks(hooks, most);
  }

  peer(id: number): number | null {
    return this.#peers.get(id);
  }

  /** Takes the peer from the row that had it before. */
  setPeer(id: number, peer: number | null): void {
    this.transaction(() => this.#peers.set(id, peer));
  }

  withPeer(peer: number): number | undefined {
    return this.#peers.holder(peer);
  }

  /** Computes the digests and counts that changes below have made stale. */
  settle(): void {
    this.#digests.settle();
  }

  /** The digest that names the whole tree's state. */
  stateDigest(): string {
    this.settle();
    return stateDigest(this.root());
  }

  setting(key: string): string | null {
    return this.#settings.get(key);
  }

  setSetting(key: string, value: string | null): void {
    this.#settings.set(key, value);
  }

  /** Drops every entry, version and session and the journal; settings and the identity stay, ids are not used again. */
  clearTree(rootMeta: Metadata): void {
    this.transaction(() => clearTree(this.#store, rootMeta));
    this.#history.forget();
  }

  /** The applier's record of what it is about to do. At most one. */
  journal(): Buffer | null {
    return this.#settings.journal();
  }

  setJournal(record: Buffer | null): void {
    this.#settings.setJournal(record);
  }

  /** @returns the session's number, from 1 */
  beginSession(info: { readonly startedUs: number; readonly sourceName: string }): number {
    return this.#history.begin(info.startedUs, info.sourceName);
  }

  /** @returns the session's number, or 0: one that changed nothing leaves no record */
  endSession(end: SessionEnd): number {
    return this.#history.end(end, () => this.stateDigest());
  }

  /** Adds to what the open session has done; belongs into the transaction that does it. */
  tallySession(tally: SessionTally): void {
    this.#history.tally(tally);
  }

  /** The number of the session that a crash left open, or null. It goes on until `endSession`. */
  resumeSession(): number | null {
    return this.#history.resume();
  }

  historySize(): HistorySize {
    return this.#history.size();
  }

  /** Newest first. */
  sessions(): SessionRecord[] {
    return this.#history.sessions();
  }

  /**
   * The tree as it was when the session ended.
   * @throws BtsootError of kind `not-found` where there is no record of the session.
   */
  asOf(session: number): Tree {
    if (this.#history.has(session)) return new PastTree(this.#versions, session);
    throw new BtsootError('not-found', `there is no session ${session} in history`, {
      hint: 'It may have been let go: list the sessions that are kept.',
    });
  }

  /** What was at paths in the sessions that are kept; null while there is none. */
  pathHistory(): PathHistory | null {
    const ended = this.#history.sessions().filter(({ finishedUs }) => finishedUs !== 0);
    const [newest, oldest] = [ended[0]?.number, ended.at(-1)?.number];
    return newest === undefined || oldest === undefined ? null : new PathHistory(this.#rowVersions, { oldest, newest });
  }
}
