import type { Hashed, HashOptions, HashPool, HashResult } from '../disk/hash-pool.js';
import { sameSeen } from '../disk/seen.js';
import type { SmallFile, SmallFiles } from '../disk/small-files.js';
import type { Name, TreePath } from '../model/bytes.js';
import type { Content } from '../model/entry.js';
import { limits } from '../model/limits.js';
import type { Seen } from '../model/seen.js';
import { contentElsewhere, type Elsewhere } from './elsewhere.js';
import type { SharedDirectory } from './handles.js';
import { SmallBatches } from './small-batches.js';
import type { Tally } from './tally.js';
import { Turns } from './turns.js';

/**
 * How the reading of a file ended. `unreadable` says the errno, `unstable` that it was another file at each try's end.
 * `chunks` is the content's packed chunk list, where it has one. `seen` is a stat, with its plain device number or the listing's,
 * that the file had from before it was read until afterwards; the reading began at `atMs` or later.
 */
export type Reading =
  | {
      readonly kind: 'read';
      readonly content: Content;
      readonly chunks: Buffer | null;
      readonly seen: Seen;
      readonly atMs: number;
    }
  | { readonly kind: 'unreadable'; readonly error: string }
  | { readonly kind: 'unstable' };

export interface FileToRead {
  readonly directory: SharedDirectory;
  /** The directory's path in the scanned tree. */
  readonly folder: TreePath;
  readonly name: Name;
  /** As its directory's listing saw it. */
  readonly seen: Seen;
  /** Of the chunk list that its previous version has; null where there is none. */
  readonly previousAverageBytes: number | null;
}

/** A file to read, and those that want to know: hard links share one reading. */
interface Ticket<Asker> {
  readonly file: FileToRead;
  readonly askers: Asker[];
  readonly link: string | null;
  reading: Reading | null;
}

export interface Answer<Asker> {
  readonly asker: Asker;
  readonly reading: Reading;
}

/**
 * Files being hashed, bounded in number, bytes and directories held open. Answers wait here until they are taken, and the
 * chunk lists in them count among the bytes.
 */
export class HashQueue<Asker> {
  readonly #hasher: HashPool;
  readonly #signal: AbortSignal;
  readonly #tally: Tally;
  readonly #small: SmallBatches<Ticket<Asker>> | null;
  readonly #elsewhere: Elsewhere | null;
  /** Where one file is to be read at a time, by whomever. */
  readonly #turns: Turns | null;
  readonly #directories = new Map<SharedDirectory, number>();
  readonly #links = new Map<string, Ticket<Asker>>();
  /** Of files whose answers were taken: another name of theirs may come up much later. The oldest make room. */
  readonly #linksRead = new Map<string, Extract<Reading, { kind: 'read' }>>();
  #answered: Ticket<Asker>[] = [];
  #files = 0;
  #bytes = 0;
  #listBytes = 0;
  #failure: { readonly error: unknown } | null = null;
  #wake: () => void = () => {};

  /**
   * @param small null: the hashing threads read small files too
   * @param elsewhere who is asked first
   */
  constructor(
    hasher: HashPool,
    signal: AbortSignal,
    tally: Tally,
    small: Pick<SmallFiles, 'hash'> | null,
    elsewhere: Elsewhere | null = null,
  ) {
    this.#elsewhere = elsewhere;
    this.#hasher = hasher;
    this.#signal = signal;
    this.#tally = tally;
    this.#turns = hasher.readers === 1 ? new Turns() : null;
    const files = small && { hash: (some: readonly SmallFile[]) => this.#inTurn(() => small.hash(some)) };
    this.#small = files && new SmallBatches(files, hasher.readers, (ticket, hash, atMs) => this.#endSmall(ticket, hash, atMs));
  }

  get isFull(): boolean {
    return (
      this.#files >= limits.scanQueueFilesMax ||
      this.#bytes + this.#listBytes >= limits.scanQueueMaxBytes ||
      this.#directories.size >= limits.scanQueueDirectoriesMax
    );
  }

  get isIdle(): boolean {
    return this.#files === 0;
  }

  /** Answers that nobody has taken yet. */
  get answers(): number {
    return this.#answered.length;
  }

  /** How much the chunk lists in those answers take. */
  get listBytes(): number {
    return this.#listBytes;
  }

  add(file: FileToRead, asker: Asker): void {
    const { seen } = file;
    const link = seen.nlink > 1 ? `${seen.dev}:${seen.ino}` : null;
    const shared = link === null ? undefined : this.#links.get(link);
    if (shared !== undefined) {
      shared.askers.push(asker);
      return;
    }
    const known = link === null ? undefined : this.#linksRead.get(link);
    if (known !== undefined && sameSeen({ ...known.seen, dev: seen.dev }, seen)) {
      this.#answered.push({ file, askers: [asker], link: null, reading: known });
      return;
    }
    const reading = this.#readElsewhere(file);
    if (reading !== null) {
      this.#listBytes += listBytesOf(reading);
      this.#answered.push({ file, askers: [asker], link: null, reading });
      return;
    }
    const ticket: Ticket<Asker> = { file, askers: [asker], link, reading: null };
    if (link !== null) this.#links.set(link, ticket);
    this.#enter(file);
    if (this.#small?.takes(seen) === true && !this.#signal.aborted) this.#small.add(ticket);
    else void this.#read(ticket);
  }

  take(): Answer<Asker>[] {
    const taken = this.#answered;
    this.#answered = [];
    this.#listBytes = 0;
    return taken.flatMap(({ askers, link, reading }) => {
      if (link !== null) this.#keepLink(link, reading);
      return reading === null ? [] : askers.map((asker) => ({ asker, reading }));
    });
  }

  #keepLink(link: string, reading: Reading | null): void {
    this.#links.delete(link);
    if (reading?.kind !== 'read') return;
    // Its list is recorded with this answer.
    this.#linksRead.set(link, { ...reading, chunks: null });
    const [oldest] = this.#linksRead.keys();
    if (this.#linksRead.size > limits.scanQueueFilesMax && oldest !== undefined) this.#linksRead.delete(oldest);
  }

  /** Resolves when the next file is done. @throws what made the hashing threads fail. */
  async progress(): Promise<void> {
    if (this.#files > 0 && this.#failure === null) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    if (this.#failure !== null) throw this.#failure.error;
  }

  /** Resolves when no thread reads through one of our directories any more. Must come before they are closed. */
  async drain(): Promise<void> {
    while (this.#files > 0) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  #readElsewhere(file: FileToRead): Reading | null {
    const { seen, previousAverageBytes } = file;
    const known = this.#elsewhere && contentElsewhere(this.#elsewhere, file, previousAverageBytes);
    if (known === null) return null;
    this.#tally.knownFiles++;
    return { kind: 'read', ...known, seen, atMs: Date.now() };
  }

  async #read(ticket: Ticket<Asker>): Promise<void> {
    try {
      this.#end(ticket, await this.#readUntilStable(ticket.file));
    } catch (error) {
      this.#fail(ticket, error);
    }
  }

  /** What cannot be said of a file in few words, the hashing threads find out. */
  #endSmall(ticket: Ticket<Asker>, hash: string | null, atMs: number): void {
    if (hash === null) {
      void this.#read(ticket);
      return;
    }
    const { seen } = ticket.file;
    const content = { hash, sizeBytes: Number(seen.sizeBytes) };
    this.#tally.hashedFiles++;
    this.#tally.hashedBytes += content.sizeBytes;
    this.#end(ticket, { kind: 'read', content, chunks: null, seen, atMs });
  }

  #end(ticket: Ticket<Asker>, reading: Reading): void {
    ticket.reading = reading;
    this.#listBytes += listBytesOf(reading);
    this.#answered.push(ticket);
    this.#leave(ticket.file);
    this.#wake();
  }

  #fail(ticket: Ticket<Asker>, error: unknown): void {
    this.#failure ??= { error };
    this.#leave(ticket.file);
    this.#wake();
  }

  async #readUntilStable({ directory, name, seen, previousAverageBytes }: FileToRead): Promise<Reading> {
    const options = { sizeBytes: Number(seen.sizeBytes), signal: this.#signal, previousAverageBytes };
    const place = directory.directory.place(name);
    for (let tries = 1; tries <= limits.unstableReadTriesMax; tries++) {
      const result = await this.#hash(place, options);
      if ('error' in result) return { kind: 'unreadable', error: result.error };
      this.#tally.hashedFiles++;
      const { content, chunks, after, startedMs } = result;
      this.#tally.hashedBytes += content.sizeBytes;
      if (isStable(result)) return { kind: 'read', content, chunks, seen: after, atMs: startedMs };
    }
    return { kind: 'unstable' };
  }

  /** Without small files, the pool sees to it by itself. */
  #hash(place: Buffer, options: HashOptions): Promise<HashResult> {
    return this.#small === null ? this.#hasher.hash(place, options) : this.#inTurn(() => this.#hasher.hash(place, options));
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    return this.#turns === null ? work() : this.#turns.take(work);
  }

  #enter({ directory, seen }: FileToRead): void {
    this.#files++;
    this.#bytes += Number(seen.sizeBytes);
    this.#directories.set(directory.retain(), (this.#directories.get(directory) ?? 0) + 1);
  }

  #leave({ directory, seen }: FileToRead): void {
    this.#files--;
    this.#bytes -= Number(seen.sizeBytes);
    const uses = (this.#directories.get(directory) ?? 0) - 1;
    if (uses === 0) this.#directories.delete(directory);
    else this.#directories.set(directory, uses);
    directory.release();
  }
}

function isStable({ content, before, after }: Hashed): boolean {
  return sameSeen(before, after) && BigInt(content.sizeBytes) === after.sizeBytes;
}

function listBytesOf(reading: Reading): number {
  return reading.kind === 'read' ? (reading.chunks?.length ?? 0) : 0;
}
