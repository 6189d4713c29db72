import { BtsootError } from '@btsoot/shared/model/errors.js';
import { limits } from '@btsoot/shared/model/limits.js';
import type { FileStep, Plan, PlannedStep, Steps } from '@btsoot/shared/model/step.js';
import type { Prepared } from './delivery.js';

/** Puts that are prepared before they are sent, and their bytes, which their chunk lists follow. */
const FILES_MAX = 64;
const CONTENT_MAX_BYTES = 4 * 1024 ** 3;

export type Prepare = (planned: PlannedStep, step: FileStep, signal: AbortSignal) => Promise<Prepared>;

interface LargePut {
  readonly planned: PlannedStep;
  readonly step: FileStep;
}

interface Ahead {
  /** Of the put: no other one is for this entry. */
  readonly originId: number | null;
  readonly sizeBytes: number;
  readonly prepared: Promise<Prepared>;
}

/** Prepares a plan's large puts in its order, so that each is ready when its turn to be sent comes. */
export class LookAhead {
  readonly #puts: Iterator<LargePut, void>;
  readonly #prepare: Prepare;
  readonly #closing = new AbortController();
  readonly #ahead: Ahead[] = [];
  #aheadBytes = 0;
  /** The first put that is not being prepared; undefined where that is still to be found. */
  #next: LargePut | undefined;

  constructor(plan: Plan, prepare: Prepare) {
    this.#puts = largePuts(plan.steps);
    this.#prepare = prepare;
  }

  /** The next large put of the plan, made ready. */
  async take(planned: PlannedStep): Promise<Prepared> {
    this.#look();
    const first = this.#ahead[0];
    if (first === undefined || first.originId !== planned.originId)
      throw new BtsootError('internal', 'a put is taken out of its turn');
    const prepared = await first.prepared;
    this.#ahead.shift();
    this.#aheadBytes -= first.sizeBytes;
    this.#look();
    return prepared;
  }

  /** Ends what is still being prepared. */
  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.allSettled(this.#ahead.map(({ prepared }) => prepared));
  }

  #look(): void {
    if (this.#closing.signal.aborted) return;
    for (this.#next ??= this.#following(); this.#next !== undefined; this.#next = this.#following()) {
      const { planned, step } = this.#next;
      const { sizeBytes } = step.content;
      const isFull = this.#ahead.length >= FILES_MAX || this.#aheadBytes + sizeBytes > CONTENT_MAX_BYTES;
      if (isFull && this.#ahead.length > 0) return;
      const prepared = this.#prepare(planned, step, this.#closing.signal);
      // It may fail long before its turn; it throws when that comes.
      prepared.catch(() => {});
      this.#ahead.push({ originId: planned.originId, sizeBytes, prepared });
      this.#aheadBytes += sizeBytes;
    }
  }

  #following(): LargePut | undefined {
    return this.#puts.next().value ?? undefined;
  }
}

function* largePuts(steps: Steps): Generator<LargePut, void, undefined> {
  for (const planned of steps) {
    const { step } = planned;
    if (step.kind === 'put' && step.content.sizeBytes > limits.inlineSizeMaxBytes) yield { planned, step };
  }
}
