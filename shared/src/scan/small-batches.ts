import { kindOfMode } from '../disk/seen.js';
import type { SmallFiles } from '../disk/small-files.js';
import { limits } from '../model/limits.js';
import type { Seen } from '../model/seen.js';
import type { FileToRead } from './hash-queue.js';

interface Ticket {
  readonly file: FileToRead;
}

/** Files that wait for the same call. */
interface Batch<T> {
  readonly tickets: T[];
  bytes: number;
}

/** Puts small files together, so that one call hashes many, and runs few calls at a time. */
export class SmallBatches<T extends Ticket> {
  readonly #files: Pick<SmallFiles, 'hash'>;
  readonly #done: (ticket: T, hash: string | null, atMs: number) => void;
  readonly #callsMax: number;
  readonly #waiting: Batch<T>[] = [];
  #calls = 0;
  #isStartDue = false;

  /**
   * @param readers how many calls may run at a time, if limits do not say fewer
   * @param done is told each file's hash, null where it is to be read in another way, and when its call began at the earliest
   */
  constructor(files: Pick<SmallFiles, 'hash'>, readers: number, done: (ticket: T, hash: string | null, atMs: number) => void) {
    this.#files = files;
    this.#callsMax = Math.min(readers, limits.smallFileCallsMax);
    this.#done = done;
  }

  takes({ mode, sizeBytes }: Seen): boolean {
    return sizeBytes <= limits.smallFileMaxBytes && kindOfMode(mode) === 'file';
  }

  add(ticket: T): void {
    const sizeBytes = Number(ticket.file.seen.sizeBytes);
    const last = this.#waiting.at(-1);
    if (last !== undefined && hasRoom(last, sizeBytes)) {
      last.tickets.push(ticket);
      last.bytes += sizeBytes;
      return;
    }
    // What waits behind another batch will not grow any more.
    this.#start();
    this.#waiting.push({ tickets: [ticket], bytes: sizeBytes });
    this.#startSoon();
  }

  /** After the caller's own turn, so that the files of one burst share calls. */
  #startSoon(): void {
    if (this.#isStartDue) return;
    this.#isStartDue = true;
    queueMicrotask(() => {
      this.#isStartDue = false;
      this.#start();
    });
  }

  #start(): void {
    while (this.#calls < this.#callsMax) {
      const batch = this.#waiting.shift();
      if (batch === undefined) return;
      void this.#call(batch.tickets);
    }
  }

  async #call(tickets: readonly T[]): Promise<void> {
    this.#calls++;
    const atMs = Date.now();
    let hashes: readonly (string | null)[] = [];
    try {
      const files = tickets.map(({ file: { directory, name, seen } }) => ({ directory: directory.directory, name, seen }));
      hashes = await this.#files.hash(files);
    } catch {
      // The other way says what is wrong.
    }
    this.#calls--;
    for (const [index, ticket] of tickets.entries()) this.#done(ticket, hashes[index] ?? null, atMs);
    this.#start();
  }
}

function hasRoom({ tickets, bytes }: Batch<unknown>, sizeBytes: number): boolean {
  return tickets.length < limits.smallFilesPerCallMax && bytes + sizeBytes <= limits.smallFilesPerCallMaxBytes;
}
