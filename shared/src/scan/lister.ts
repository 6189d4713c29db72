import type { OpenDirectory, TreeRoot } from '../disk/tree-root.js';
import { ROOT_PATH } from '../model/bytes.js';
import { limits } from '../model/limits.js';
import { type NativeAnswer, NativeLister } from './native-lister.js';
import { PackedListing } from './packed-listing.js';
import type { Task } from './visit.js';

/** A directory whose turn it is. */
export interface Listed {
  readonly task: Task;
  /** Null where it is still to be read. */
  readonly packed: PackedListing | null;
  /** Of the error that it could not be listed for; null where there was none. */
  readonly code: string | null;
  /** The local clock before it was read. */
  readonly atMs: number;
}

interface Answered {
  readonly task: Task;
  readonly answer: NativeAnswer;
  readonly atMs: number;
}

const ENTRIES_UNLIMITED = 2 ** 32 - 1;

/**
 * Reads directories ahead of the walk, off the main thread, as far as that is possible here: what it has not read is read
 * when its turn has come. What is held of them is bounded: a directory with many entries is read when its turn has come.
 */
export class Lister {
  readonly #root: OpenDirectory;
  readonly #native: NativeLister | null;
  readonly #watchFd: number;
  readonly #under: Promise<Answered[]>[] = [];
  #ready: Answered[] = [];

  /**
   * @param native whether node:fs is to be left aside where it can be
   * @param watchFd of the watcher that watches what is read ahead, else -1
   */
  constructor(root: TreeRoot, native: boolean, watchFd: number) {
    this.#watchFd = watchFd;
    this.#root = root.directory(ROOT_PATH);
    this.#native = native ? NativeLister.load(this.#root, root.dev) : null;
  }

  get isIdle(): boolean {
    return this.#ready.length === 0 && this.#under.length === 0;
  }

  /** Takes from the end of `tasks` what can be begun now. */
  begin(tasks: Task[]): void {
    if (this.#native === null) {
      const task = this.isIdle ? tasks.pop() : undefined;
      if (task !== undefined) this.#ready.push({ task, answer: 'unable', atMs: 0 });
      return;
    }
    while (tasks.length > 0 && this.#under.length < limits.scanListingsAheadMax) {
      // While there are few, each of the threads is to have some.
      const share = Math.ceil(tasks.length / limits.scanListingsAheadMax);
      const batch = tasks.splice(-Math.min(share, limits.scanListingBatchMax)).reverse();
      const listing = this.#list(this.#native, batch, limits.scanListingEntriesMax);
      // Whoever waits for it is told.
      listing.catch(() => undefined);
      this.#under.push(listing);
    }
  }

  /** The next one; undefined where there is none. */
  async next(): Promise<Listed | undefined> {
    if (this.#ready.length === 0) {
      this.#ready = (await this.#under[0]) ?? [];
      this.#under.shift();
    }
    const next = this.#ready.shift();
    if (next?.answer !== 'too-large' || this.#native === null) return next && listed(next);
    const [whole] = await this.#list(this.#native, [next.task], ENTRIES_UNLIMITED);
    return whole && listed(whole);
  }

  /** Waits for what is under way. */
  async close(): Promise<void> {
    await Promise.allSettled(this.#under);
    this.#root.close();
  }

  async #list(native: NativeLister, tasks: readonly Task[], entriesMax: number): Promise<Answered[]> {
    const atMs = Date.now();
    // Where something is new, its attributes are asked for.
    const withXattrs = tasks.some(({ foundBy }) => foundBy !== null);
    const answers = await native.list(tasks, { entriesMax, withXattrs, watchFd: this.#watchFd });
    return tasks.map((task, index) => ({ task, answer: answers[index] ?? 'unable', atMs }));
  }
}

function listed({ task, answer, atMs }: Answered): Listed {
  if (answer instanceof ArrayBuffer) return { task, packed: new PackedListing(answer), code: null, atMs };
  return { task, packed: null, code: typeof answer === 'string' ? null : answer.code, atMs };
}
