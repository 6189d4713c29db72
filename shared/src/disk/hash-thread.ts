import { Worker } from 'node:worker_threads';
import { BtsootError } from '../model/errors.js';
import type { HashResult } from './hash-file.js';
import {
  BATCHES_PER_THREAD,
  cancelBatch,
  type HashReply,
  type HashRequest,
  type HashWorkerData,
  unpackResult,
} from './hash-protocol.js';

/** One file that somebody waits for. */
export interface HashJob {
  readonly path: string;
  readonly sizeBytes: number;
  readonly previousAverageBytes: number | null;
  readonly done: (result: HashResult) => void;
  readonly failed: (error: BtsootError) => void;
}

/** One worker thread and the batches that it has been given. It keeps the process alive only while it works. */
export class HashThread {
  readonly #worker: Worker;
  readonly #batches = new Map<number, readonly HashJob[]>();
  readonly #cancelledBatches = new Int32Array(new SharedArrayBuffer(4 * BATCHES_PER_THREAD));
  #lastBatch = 0;

  /** `onFree` is called after each answer, `onDeath` once, after the thread has ended by itself. */
  constructor(fromDisk: boolean, onFree: () => void, onDeath: (thread: HashThread) => void) {
    const workerData: HashWorkerData = { cancelledBatches: this.#cancelledBatches, fromDisk };
    this.#worker = new Worker(new URL('./hash-worker.js', import.meta.url), { workerData, execArgv: [] });
    this.#worker.unref();
    this.#worker.on('message', (reply: HashReply) => {
      this.#settle(reply);
      onFree();
    });
    this.#worker.on('error', (error) => {
      onDeath(this);
      this.#failAll(new BtsootError('internal', `a hashing thread has died: ${error.message}`, { cause: error }));
    });
  }

  get batches(): number {
    return this.#batches.size;
  }

  send(jobs: readonly HashJob[]): void {
    const batch = ++this.#lastBatch;
    this.#batches.set(batch, jobs);
    this.#worker.ref();
    const paths = jobs.map((job) => job.path);
    const previousAveragesBytes = jobs.map((job) => job.previousAverageBytes);
    this.#worker.postMessage({ batch, paths, previousAveragesBytes } satisfies HashRequest);
  }

  /** Stops the reading of those files that were sent alone; whoever waits for one hears ECANCELED soon. */
  cancel(jobs: ReadonlySet<HashJob>): void {
    for (const [batch, [first, ...more]] of this.#batches) {
      if (first !== undefined && more.length === 0 && jobs.has(first)) cancelBatch(this.#cancelledBatches, batch);
    }
  }

  async terminate(): Promise<void> {
    await this.#worker.terminate();
    this.#failAll(new BtsootError('cancelled', 'the hashing threads were stopped'));
  }

  #settle(reply: HashReply): void {
    const jobs = this.#batches.get(reply.batch) ?? [];
    this.#batches.delete(reply.batch);
    if (this.#batches.size === 0) this.#worker.unref();
    reply.results.forEach((packed, index) => {
      jobs[index]?.done(unpackResult(packed));
    });
  }

  #failAll(error: BtsootError): void {
    const jobs = [...this.#batches.values()].flat();
    this.#batches.clear();
    for (const job of jobs) job.failed(error);
  }
}
