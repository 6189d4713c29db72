import { setImmediate } from 'node:timers/promises';
import type { Area } from '../apply/area.js';
import { openUndo } from '../apply/content-reader.js';
import { sameBytes, sameObject, sameSeen } from '../disk/seen.js';
import type { OpenDirectory, TreeRoot } from '../disk/tree-root.js';
import type { Manifest } from '../manifest/manifest.js';
import { isUndo } from '../manifest/undo-name.js';
import { baseName, parentPath, type TreePath } from '../model/bytes.js';
import { type Content, type FileNode, sameContent } from '../model/entry.js';
import { BtsootError, errnoOf } from '../model/errors.js';
import { limits } from '../model/limits.js';
import type { Seen } from '../model/seen.js';
import { type Judgement, judge } from './judge.js';
import { readScrubState, type ScrubPass, type ScrubProgress, writeScrubState } from './progress.js';
import type { Reread } from './reread.js';

export interface ScrubOptions {
  readonly manifest: Manifest;
  readonly tree: TreeRoot;
  /** Where old versions lie; null where there are none. */
  readonly area: Area | null;
  /** Files read at a time. */
  readonly parallel: number;
  /** Reads a file to its end. Its place is valid until that settles. */
  readonly read: (place: Buffer, sizeBytes: number) => Promise<Reread>;
  /**
   * Awaited with what was read, before anything is written, and again and again besides: resolves when the walk may go on.
   * @throws when it is to stop
   */
  readonly mayGoOn: (bytes: number) => Promise<void>;
  readonly isPaused: () => boolean;
  readonly onProgress: (progress: ScrubProgress) => void;
  /** Told of what is not good, once that is written. */
  readonly onJudged: (path: TreePath, judgement: Exclude<Judgement, 'good'>) => void;
  /** Microseconds since the epoch. */
  readonly now: () => number;
}

interface Subject {
  readonly row: FileNode;
  readonly expected: Content;
  readonly seen: Seen | null;
  /** For messages. */
  readonly path: TreePath;
  readonly diskPath: TreePath;
  readonly isOldVersion: boolean;
}

const SAVE_INTERVAL_MS = 2_000;

/**
 * Reads every content that a manifest knows again, in the order of its rows, and marks what is damaged. Goes on where the
 * last walk was cut off, and starts anew after one that came to its end. Where a file changes meanwhile, that is left to
 * the next scan.
 */
export class Scrub {
  readonly #o: ScrubOptions;
  #pass: ScrubPass;
  #filesTotal = 0;
  #bytesTotal = 0;
  /** Of the files under way. */
  #bytesUnderWay = 0;
  #savedMs = performance.now();

  constructor(options: ScrubOptions) {
    this.#o = options;
    const fresh = { position: 0, startedUs: options.now(), files: 0, bytes: 0 };
    this.#pass = readScrubState(options.manifest).pass ?? fresh;
  }

  async run(): Promise<void> {
    const { manifest, parallel, now } = this.#o;
    this.#save();
    try {
      await this.#measure();
      for (;;) {
        await this.#o.mayGoOn(0);
        const ids = manifest.damages.filesAfter(this.#pass.position, parallel);
        if (ids.length === 0) break;
        await allOf(ids.map((id) => this.#take(id)));
        this.#pass = { ...this.#pass, position: ids.at(-1) ?? 0 };
        this.#saveIfDue();
        await setImmediate();
      }
    } catch (error) {
      this.#save();
      throw error;
    }
    const { startedUs, files, bytes } = this.#pass;
    writeScrubState(manifest, { pass: null, last: { startedUs, finishedUs: now(), files, bytes } });
    this.#report();
  }

  /** Whoever reads calls this with each slice. */
  async slice(bytes: number): Promise<void> {
    this.#bytesUnderWay += bytes;
    this.#report();
    await this.#o.mayGoOn(bytes);
  }

  async #measure(): Promise<void> {
    const { manifest } = this.#o;
    this.#filesTotal = this.#pass.files;
    this.#bytesTotal = this.#pass.bytes;
    for (let at = this.#pass.position; ; ) {
      const some = manifest.damages.sizesAfter(at, limits.scrubMeasuredAtOnceMax);
      if (some.last === null) break;
      at = some.last;
      this.#filesTotal += some.files;
      this.#bytesTotal += some.bytes;
      await this.#o.mayGoOn(0);
      await setImmediate();
    }
    this.#report();
  }

  async #take(id: number): Promise<void> {
    const subject = this.#subject(id);
    if (subject !== null) {
      const judgement = await this.#judge(subject);
      await this.#o.mayGoOn(0);
      this.#conclude(subject, judgement);
    }
    const bytes = subject === null || isUndo(subject.row) ? 0 : subject.expected.sizeBytes;
    this.#pass = { ...this.#pass, files: this.#pass.files + 1, bytes: this.#pass.bytes + bytes };
    this.#bytesUnderWay = Math.max(0, this.#bytesUnderWay - bytes);
    this.#report();
  }

  /** Null for what a scan or a session has under way. */
  #subject(id: number): Subject | null {
    const { manifest, area } = this.#o;
    const row = manifest.row(id);
    if (row?.kind !== 'file') return null;
    const expected = row.content ?? manifest.damages.get(id)?.expected ?? null;
    const located = manifest.locate(id);
    const isOldVersion = located.area === 'history';
    if (expected === null || !(located.area === 'tree' || (isOldVersion && area !== null))) return null;
    const { path, diskPath } = located;
    return { row, expected, seen: manifest.seen(id), path, diskPath, isOldVersion };
  }

  async #judge(subject: Subject): Promise<Judgement> {
    const { row, expected, seen, diskPath, isOldVersion } = subject;
    const { tree, area, read } = this.#o;
    if (isOldVersion && area !== null && isUndo(row)) return this.#judgeUndo(area, subject);
    const root = isOldVersion && area !== null ? area.history : tree;
    let directory: OpenDirectory;
    try {
      directory = root.directory(parentPath(diskPath));
    } catch (error) {
      if (!(error instanceof BtsootError)) throw error;
      return error.kind === 'drift' ? (isOldVersion ? 'missing' : 'changed') : 'skipped';
    }
    try {
      const reread = await read(directory.place(baseName(diskPath)), expected.sizeBytes);
      return judge({ expected, seen, reread, rootDev: tree.dev, isOldVersion });
    } finally {
      directory.close();
    }
  }

  /** By its own checksums: what it leads back from is judged for itself. */
  async #judgeUndo(area: Area, { row, expected }: Subject): Promise<Judgement> {
    try {
      const undo = openUndo(area, row.name);
      if (!sameContent(undo.makes, expected)) return 'rotten';
      for (let block = 0; block < undo.blockCount; block++) {
        undo.check(block);
        await this.#o.mayGoOn(limits.scrubUndoBlockBytes);
        await setImmediate();
      }
      return 'good';
    } catch (error) {
      if (!(error instanceof BtsootError) || error.kind === 'cancelled') throw error;
      if (error.kind === 'corrupt') return 'rotten';
      if (error.kind === 'drift') return 'missing';
      return errnoOf(error.cause) === 'EIO' ? 'unreadable' : 'skipped';
    }
  }

  /**
   * The rows that are names of what was read. Were one of them still good while the walk is on its way to it, a repair could
   * take the same bytes from it.
   */
  #namesOf({ row, expected, seen }: Subject, judgement: Judgement): number[] {
    if (seen === null || judgement === 'missing') return [row.id];
    const { manifest } = this.#o;
    const others = manifest.withInode(seen.dev, seen.ino).filter((id) => {
      const other = id === row.id ? null : this.#subject(id);
      return (
        other?.seen != null &&
        sameObject(other.seen, seen) &&
        sameBytes(other.seen, seen) &&
        sameContent(other.expected, expected)
      );
    });
    return [row.id, ...others];
  }

  /** Nothing is written of a row that has become another while its file was read. */
  #conclude(subject: Subject, judgement: Judgement): void {
    const { manifest, onJudged, now } = this.#o;
    const { row, expected, path } = subject;
    const rowNow = this.#subject(row.id);
    if (rowNow === null || !sameContent(rowNow.expected, expected) || !isSameSeen(rowNow.seen, subject.seen)) return;
    switch (judgement) {
      case 'good':
        if (manifest.damages.get(row.id) !== null) manifest.update(row.id, { content: expected });
        return;
      case 'changed':
      case 'skipped':
        break;
      case 'rotten':
      case 'unreadable':
      case 'missing':
        manifest.transaction(() => {
          for (const id of this.#namesOf(subject, judgement)) manifest.damages.mark(id, judgement, now());
        });
        break;
      default:
        judgement satisfies never;
    }
    onJudged(path, judgement);
  }

  #report(): void {
    const { files, bytes } = this.#pass;
    this.#o.onProgress({
      files,
      filesTotal: Math.max(files, this.#filesTotal),
      bytes: bytes + this.#bytesUnderWay,
      bytesTotal: Math.max(bytes + this.#bytesUnderWay, this.#bytesTotal),
      paused: this.#o.isPaused(),
    });
  }

  #saveIfDue(): void {
    if (performance.now() - this.#savedMs >= SAVE_INTERVAL_MS) this.#save();
  }

  #save(): void {
    this.#savedMs = performance.now();
    writeScrubState(this.#o.manifest, { pass: this.#pass });
  }
}

/** Settles when the last of them has: until then they use what whoever waits may close. */
async function allOf(works: readonly Promise<void>[]): Promise<void> {
  for (const result of await Promise.allSettled(works)) if (result.status === 'rejected') throw result.reason;
}

function isSameSeen(a: Seen | null, b: Seen | null): boolean {
  return a === b || (a !== null && b !== null && sameSeen(a, b));
}
