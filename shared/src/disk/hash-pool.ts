import { BtsootError } from '../model/errors.js';
import type { HashResult } from './hash-file.js';
import { BATCHES_PER_THREAD } from './hash-protocol.js';
import { type HashJob, HashThread } from './hash-thread.js';

export type { Hashed, HashFailed, HashResult } from './hash-file.js';

export interface HashOptions {
  /** How large the file is thought to be. Larger ones travel alone, small ones many to a message. */
  readonly sizeBytes?: number;
  /** The average of the chunk list of the file's previous version (see `averageFor`). */
  readonly previousAverageBytes?: number | null;
  /** When it fires, a file that waits or is large enough to travel alone ends as ECANCELED. */
  readonly signal?: AbortSignal;
}

const BATCH_FILES_MAX = 64;
/** Below this, messages cost more than they gain. */
const BATCH_FILES_MIN = 16;
const BATCH_BYTES = 1024 * 1024;

/** Hashes files in worker threads, which start when they are first needed. Order of answers is not that of questions. */
export class HashPool {
  readonly #threadsMax: number;
  readonly #fromDisk: boolean;
  readonly #threads = new Set<HashThread>();
  readonly #watched = new WeakMap<AbortSignal, Set<HashJob>>();
  #queue: HashJob[] = [];
  #dispatching = false;
  #closed = false;

  /** @param fromDisk whether what the kernel holds in memory of the files is to count for nothing */
  constructor(workers: number, fromDisk = false) {
    this.#threadsMax = Math.max(1, workers);
    this.#fromDisk = fromDisk;
  }

  /** How many files are read at a time, at most. */
  get readers(): number {
    return this.#threadsMax;
  }

  /**
   * Hashes the file at `path`, and the chunks of a large one. The path may be a place in an open directory as long as that
   * stays open. Follows no symlink. What the operating system says no to is a result, not an exception.
   * @throws BtsootError of kind `cancelled` after `close`, `internal` when a thread dies.
   */
  hash(path: Buffer, options: HashOptions = {}): Promise<HashResult> {
    if (this.#closed) return Promise.reject(new BtsootError('cancelled', 'the hashing threads were stopped'));
    const { signal, sizeBytes = 0, previousAverageBytes = null } = options;
    if (signal?.aborted === true) return Promise.resolve({ error: 'ECANCELED' });
    return new Promise((resolve, reject) => {
      const job: HashJob = {
        path: path.toString('latin1'),
        sizeBytes,
        previousAverageBytes,
        done: (result) => {
          if (signal !== undefined) this.#watched.get(signal)?.delete(job);
          resolve(result);
        },
        failed: reject,
      };
      if (signal !== undefined) this.#watch(signal, job);
      this.#queue.push(job);
      this.#dispatchSoon();
    });
  }

  /** Ends the threads. Who still waits gets an error of kind `cancelled`. */
  async close(): Promise<void> {
    this.#closed = true;
    const waiting = this.#queue;
    this.#queue = [];
    for (const job of waiting) job.failed(new BtsootError('cancelled', 'the hashing threads were stopped'));
    await Promise.all([...this.#threads].map((thread) => thread.terminate()));
    this.#threads.clear();
  }

  /** One listener for all the files of a signal: Node takes more than a few for a leak. */
  #watch(signal: AbortSignal, job: HashJob): void {
    const known = this.#watched.get(signal);
    if (known !== undefined) {
      known.add(job);
      return;
    }
    const jobs = new Set([job]);
    this.#watched.set(signal, jobs);
    signal.addEventListener('abort', () => this.#cancel(jobs), { once: true });
  }

  #cancel(jobs: ReadonlySet<HashJob>): void {
    const waiting = this.#queue.filter((job) => jobs.has(job));
    this.#queue = this.#queue.filter((job) => !jobs.has(job));
    for (const job of waiting) job.done({ error: 'ECANCELED' });
    for (const thread of this.#threads) thread.cancel(jobs);
  }

  /** After the caller's own turn, so that the files of one burst share messages. */
  #dispatchSoon(): void {
    if (this.#dispatching) return;
    this.#dispatching = true;
    queueMicrotask(() => {
      this.#dispatching = false;
      this.#dispatch();
    });
  }

  #dispatch(): void {
    while (this.#queue.length > 0 && !this.#closed) {
      const thread = this.#freeThread();
      if (thread === undefined) return;
      thread.send(this.#nextBatch());
    }
  }

  #freeThread(): HashThread | undefined {
    let freest: HashThread | undefined;
    for (const thread of this.#threads) if (freest === undefined || thread.batches < freest.batches) freest = thread;
    if (freest !== undefined && freest.batches === 0) return freest;
    if (this.#threads.size < this.#threadsMax) return this.#startThread();
    return freest !== undefined && freest.batches < BATCHES_PER_THREAD ? freest : undefined;
  }

  #startThread(): HashThread {
    const thread = new HashThread(
      this.#fromDisk,
      () => this.#dispatch(),
      (dead) => this.#threads.delete(dead),
    );
    this.#threads.add(thread);
    return thread;
  }

  /** A share of the queue: not all of it, or one thread would work while the others wait. */
  #nextBatch(): HashJob[] {
    const share = Math.ceil(this.#queue.length / (this.#threadsMax * BATCHES_PER_THREAD));
    const most = Math.min(Math.max(share, BATCH_FILES_MIN), BATCH_FILES_MAX);
    let count = 0;
    let bytes = 0;
    for (const job of this.#queue) {
      if (count > 0 && (count >= most || bytes + job.sizeBytes > BATCH_BYTES)) break;
      bytes += job.sizeBytes;
      count++;
    }
    return this.#queue.splice(0, count);
  }
}
