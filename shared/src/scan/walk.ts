import { fstatSync } from 'node:fs';
import { sameObject, seenFromStats } from '../disk/seen.js';
import { SmallFiles } from '../disk/small-files.js';
import { ROOT_ID } from '../manifest/manifest.js';
import { joinPath, type Name, ROOT_PATH } from '../model/bytes.js';
import type { NameRules } from '../model/disk-name.js';
import { BtsootError, errnoOf, fromSystemError } from '../model/errors.js';
import { limits } from '../model/limits.js';
import { type Asker, recordAnswers } from './answers.js';
import type { Drift } from './drift.js';
import { Handles, type SharedDirectory } from './handles.js';
import { HashQueue } from './hash-queue.js';
import { IGNORE_FILE, parseIgnoreFile, readIgnoreFile, UnknownRules } from './ignore-file.js';
import { type Listed, Lister } from './lister.js';
import { type Listing, readListing, type Wanted, wantedOf } from './listing.js';
import { Merge, type MergeTools } from './merge.js';
import type { Pace } from './pace.js';
import type { PackedListing } from './packed-listing.js';
import { matchRecord } from './record.js';
import { type Leads, Rows } from './rows.js';
import type { ScanOptions } from './scan.js';
import { Scope } from './scope.js';
import { Screen } from './screen.js';
import type { SpecialsPolicy } from './specials.js';
import type { Tally } from './tally.js';
import type { Due, TreeWatch } from './tree-watch.js';
import type { Task, Visit } from './visit.js';
import { Whereabouts } from './whereabouts.js';
import { XattrReader } from './xattrs.js';

/** The policy that listings were recorded under. */
const SPECIALS_SETTING = 'specials';
const NONE: ReadonlySet<Name> = new Set();
const COMMIT_AGE_MAX_MS = 1_000;

/** It was there when its parent was listed, and is gone or another one now: the next scan's business. */
const VANISHED = new Set(['ENOENT', 'ENOTDIR', 'ELOOP', 'ESTALE']);

/** What is in force in a folder, and whether all that lies below it is to be looked at. */
interface FolderRules {
  readonly screen: Screen | null;
  readonly whole: boolean;
}

/**
 * Goes through a tree, deep before wide. A directory that is as its record says costs its listing and stats alone;
 * others gather in a batch, whose rows are then brought up to date in few transactions, while the files that have to be
 * read go through the hash queue. Memory is one directory, one batch and the queue.
 */
export class Walk {
  readonly #options: ScanOptions;
  readonly #tally: Tally;
  readonly #pace: Pace;
  readonly #handles: Handles;
  readonly #lister: Lister;
  readonly #rows: Rows;
  readonly #queue: HashQueue<Asker>;
  readonly #xattrs: XattrReader;
  readonly #specials: SpecialsPolicy;
  /** Whether the listings' records still mean what they say. */
  readonly #trustsRecords: boolean;
  readonly #tools: MergeTools;
  readonly #nameRules: NameRules | null;
  readonly #watch: TreeWatch | null;
  /** What has changed; null: everything is looked at. */
  #scope: Scope | null = null;
  readonly #tasks: Task[] = [];
  readonly #batch: Visit[] = [];
  #batchEntries = 0;
  #at = ROOT_PATH;
  #committedMs = performance.now();

  constructor(options: ScanOptions, tally: Tally, pace: Pace, drift: Drift | null) {
    const { root, manifest, hasher, mode, signal, readAll = false } = options;
    this.#options = options;
    this.#tally = tally;
    this.#pace = pace;
    this.#handles = new Handles(root);
    this.#watch = options.watch ?? null;
    this.#lister = new Lister(root, options.native !== false, this.#watch?.fd ?? -1);
    const leads: Leads = { linked: (inode) => this.#scope?.addNamesOf(inode), left: (id) => this.#scope?.addFolder(id) };
    const hardLinks = options.hardLinks !== false;
    this.#rows = new Rows(manifest, tally, { mode, hardLinks, drift, watch: this.#watch, leads });
    const small = options.native === false ? null : SmallFiles.load(root.dev);
    this.#queue = new HashQueue(hasher, signal, tally, small, readAll ? null : options.elsewhere);
    this.#xattrs = new XattrReader(manifest, tally);
    this.#specials = options.specials ?? 'skip';
    this.#trustsRecords = !this.#xattrs.readsAll && (manifest.setting(SPECIALS_SETTING) ?? 'skip') === this.#specials;
    const whereabouts = new Whereabouts(root, manifest);
    const found = (task: Task): void => this.#found(task);
    this.#nameRules = options.nameRules ?? null;
    const linkFiles = mode === 'mirror';
    const [rows, queue, xattrs] = [this.#rows, this.#queue, this.#xattrs];
    const hadIgnoreFiles = options.filter !== null && manifest.hasIgnoreFiles;
    this.#tools = { manifest, rows, whereabouts, queue, xattrs, tally, readAll, found, hadIgnoreFiles, linkFiles };
  }

  /** @param due what the tree's watch says; the outcome is that of a walk through everything */
  async run(due: Due): Promise<'everything' | 'due'> {
    try {
      this.#startAtRoot(due);
      await this.#goThrough();
      this.#pace.check();
      this.#xattrs.finish();
      if (!this.#trustsRecords) this.#options.manifest.setSetting(SPECIALS_SETTING, this.#specials);
      return this.#scope === null ? 'everything' : 'due';
    } catch (error) {
      await this.#queue.drain();
      // What was read before somebody stopped the scan need not be read again. After any other error, rows may have been
      // rolled back that the answers build on.
      if (error instanceof BtsootError && error.kind === 'cancelled') this.#recordAnswers();
      throw error;
    } finally {
      for (const visit of this.#batch) visit.handle.release();
      await this.#lister.close();
      this.#handles.close();
    }
  }

  async #goThrough(): Promise<void> {
    for (;;) {
      if (!this.#isBatchFull()) this.#lister.begin(this.#tasks);
      const listed = this.#isBatchFull() ? undefined : await this.#lister.next();
      if (listed !== undefined) await this.#list(listed);
      else if (this.#batch.length > 0) await this.#mergeBatch();
      else if (!this.#queue.isIdle) await this.#queue.progress();
      else {
        // What they say may lead to more.
        this.#recordAnswers();
        if (!this.#startAnother()) return;
      }
      if (this.#areAnswersDue()) this.#recordAnswers();
      this.#tally.progress(this.#at);
      if (this.#pace.isDue()) await this.#pace.rest();
    }
  }

  #startAtRoot(due: Due): void {
    const { root, manifest, readAll } = this.#options;
    const atMs = Date.now();
    const now = root.lstat(ROOT_PATH);
    if (now === null || now.nlink === 0)
      throw new BtsootError('not-found', 'the folder to scan has been removed', {
        hint: 'Nothing was planned. Make it again or mount its disk, then run this again.',
      });
    const before = manifest.seen(ROOT_ID);
    const directory = root.directory(ROOT_PATH);
    const listed = { parent: ROOT_PATH, directory, name: '.' as Name, now, atMs, mayHave: true };
    manifest.transaction(() => this.#rows.refresh(manifest.root(), before, this.#xattrs.read(listed, before), {}));
    directory.close();
    const { filter } = this.#options;
    const screen = filter === null ? null : Screen.atRoot(filter);
    const { dev, ino } = now;
    const isKnown = before !== null && sameObject(before, now) && this.#trustsRecords && readAll !== true;
    if (this.#watch !== null && isKnown && due.kind === 'some' && due.ids.size <= limits.watchDirtyFoldersMax)
      this.#scope = new Scope({ root, manifest, watch: this.#watch, screen, ids: due.ids });
    else
      this.#tasks.push({ path: ROOT_PATH, id: ROOT_ID, parent: ROOT_ID, foundBy: null, dev, ino, depth: 0, screen, whole: true });
  }

  #startAnother(): boolean {
    const task = this.#scope?.next() ?? null;
    if (task !== null) this.#tasks.push(task);
    return task !== null;
  }

  #found(task: Task): void {
    const wanted = this.#scope === null ? task : this.#scope.admit(task);
    if (wanted !== null) this.#tasks.push(wanted);
  }

  async #list(listed: Listed): Promise<void> {
    const { task } = listed;
    this.#at = task.path;
    if (isTooDeep(task)) {
      this.#giveUp(task, 'it is nested too deeply');
      return;
    }
    try {
      if (listed.code !== null) throw Object.assign(new Error('the directory cannot be listed'), { code: listed.code });
      if (listed.packed === null) await this.#read(task);
      else await this.#take(task, listed.packed, listed.atMs);
    } catch (error) {
      this.#fail(task, error);
    }
  }

  /** A directory that was not read ahead. */
  async #read(task: Task): Promise<void> {
    const handle = this.#open(task);
    try {
      this.#watch?.add(task.id, handle.directory.fd);
      const rules = this.#rulesOf(task, () => readIgnoreFile(handle.directory));
      const wanted = this.#wanted(task, rules.screen);
      const listing = await readListing(handle.directory, this.#options.root.dev, wanted, this.#pace);
      this.#compare(task, () => handle.retain(), listing, rules);
    } finally {
      handle.release();
    }
  }

  async #take(task: Task, packed: PackedListing, atMs: number): Promise<void> {
    this.#watch?.learn(task.id, packed.watch);
    const rules = this.#rulesOf(task, () => (packed.has(IGNORE_FILE) ? this.#ignoreFile(task) : null));
    const listing = await wantedOf(packed, atMs, this.#wanted(task, rules.screen), this.#pace);
    this.#compare(task, () => this.#open(task), listing, rules);
  }

  #ignoreFile(task: Task): string | null {
    const handle = this.#open(task);
    try {
      return readIgnoreFile(handle.directory);
    } finally {
      handle.release();
    }
  }

  #wanted(task: Task, screen: Screen | null): Wanted {
    const { ignore } = this.#options;
    const rules = this.#nameRules;
    const inFolder = screen?.of(task.path) ?? null;
    return { ignore: task.id === ROOT_ID ? ignore : NONE, screen: inFolder, rules, specials: this.#specials };
  }

  /** What is left out in the directory. Its patterns are kept beside its row, for those who ask when no disk is at hand. */
  #rulesOf(task: Task, ignoreFile: () => string | null): FolderRules {
    const { whole } = task;
    if (task.screen === null) return { screen: null, whole };
    const { manifest } = this.#options;
    const text = ignoreFile();
    const screen = task.screen.into(task.path, text === null ? null : parseIgnoreFile(task.path, text));
    const isNew = manifest.ignoreFile(task.id) !== text;
    if (isNew) manifest.setIgnoreFile(task.id, text);
    return { screen, whole: whole || isNew };
  }

  #open(task: Task): SharedDirectory {
    const handle = this.#handles.open(task.path);
    const now = seenFromStats(fstatSync(handle.directory.fd, { bigint: true }), this.#options.root.dev);
    if (now.ino === task.ino && now.dev === task.dev) return handle;
    handle.release();
    throw Object.assign(new Error('the directory was replaced'), { code: 'ESTALE' });
  }

  #fail(task: Task, error: unknown): void {
    const code = errnoOf(error);
    if (error instanceof UnknownRules) {
      this.#giveUp(task, `${error.message}: what the folder holds stays as it was`);
      return;
    }
    if (code === undefined) throw error;
    if (task.id === ROOT_ID) throw fromSystemError(error, 'cannot list the folder to scan');
    if (VANISHED.has(code)) this.#lookAgain(task, code);
    else this.#giveUp(task, `cannot be listed (${code})`);
  }

  #lookAgain(task: Task, code: string): void {
    if (task.foundBy !== null) task.foundBy.dirty = true;
    this.#rows.lookAgain(task.parent);
    if (code === 'ESTALE') this.#tally.problem(task.path, 'unknown', 'was replaced while the scan ran: the next one looks again');
  }

  #giveUp(task: Task, message: string): void {
    this.#tally.problem(task.path, 'unknown', message);
    this.#options.manifest.transaction(() => this.#rows.markUnknown(task.id));
  }

  #compare(task: Task, open: () => SharedDirectory, listing: Listing, { screen, whole }: FolderRules): void {
    this.#tally.ignored += listing.ignored;
    const complete = listing.ignored === 0 || screen?.leftOutIsUnknown !== true;
    const isTrusted = this.#trustsRecords && this.#options.readAll !== true;
    const record = isTrusted ? this.#options.manifest.listing(task.id) : null;
    const directoryIds = matchRecord(record, listing.digest());
    if (directoryIds !== null && complete) {
      this.#takeAsKnown(task, listing, directoryIds, { screen, whole });
      return;
    }
    this.#batch.push({
      task,
      handle: open(),
      listing,
      screen,
      directoryIds: [],
      outstanding: 1,
      dirty: false,
      whole,
      complete,
    });
    this.#batchEntries += listing.count;
  }

  #takeAsKnown(task: Task, listing: Listing, directoryIds: readonly number[], { screen, whole }: FolderRules): void {
    this.#tally.specials += listing.leftOut;
    this.#tally.entries += listing.count - listing.leftOut;
    for (const [at, index] of listing.directories.entries()) {
      const id = directoryIds[at];
      if (id === undefined) continue;
      if (this.#scope?.isUnchanged(id, whole) === true) continue;
      const { dev, ino } = listing.seen(index);
      const path = joinPath(task.path, listing.diskName(index));
      this.#found({ path, id, parent: task.id, foundBy: null, dev, ino, depth: task.depth + 1, screen, whole });
    }
  }

  #isBatchFull(): boolean {
    return this.#batch.length >= limits.scanBatchDirectoriesMax || this.#batchEntries >= limits.scanBatchEntriesMax;
  }

  async #mergeBatch(): Promise<void> {
    let merge: Merge | null = null;
    while (this.#batch.length > 0) {
      while (this.#queue.isFull) {
        if (this.#areAnswersDue()) this.#recordAnswers();
        else await this.#queue.progress();
      }
      merge = this.#options.manifest.transaction(() => this.#mergeSome(merge));
      await this.#pace.rest();
    }
    this.#batchEntries = 0;
  }

  /** One transaction's worth of the batch, taken up where `merge` stands in the first directory. */
  #mergeSome(merge: Merge | null): Merge | null {
    if (this.#areAnswersDue()) this.#recordAnswers();
    let at = merge;
    for (let budget: number = limits.scanCommitRowsMax; budget > 0 && !this.#queue.isFull; ) {
      const visit = this.#batch[0];
      if (visit === undefined) return null;
      at ??= new Merge(this.#tools, visit);
      const share = budget;
      const taken = at.advance(share);
      budget -= Math.max(taken, 1);
      if (taken === share) continue;
      this.#batch.shift();
      visit.handle.release();
      at = null;
    }
    return at;
  }

  #areAnswersDue(): boolean {
    const { answers, listBytes } = this.#queue;
    if (answers === 0) return false;
    const areMany = answers >= limits.scanCommitRowsMax || listBytes >= limits.scanCommitListsMaxBytes;
    return areMany || performance.now() - this.#committedMs >= COMMIT_AGE_MAX_MS;
  }

  #recordAnswers(): void {
    const { manifest, root } = this.#options;
    this.#committedMs = performance.now();
    const answers = this.#queue.take();
    if (answers.length === 0) return;
    const tools = { manifest, rows: this.#rows, tally: this.#tally, rootDev: root.dev };
    manifest.transaction(() => recordAnswers(tools, answers));
  }
}

function isTooDeep(task: Task): boolean {
  return task.depth > limits.pathDepthMax || task.path.length > limits.pathLengthMaxBytes;
}
