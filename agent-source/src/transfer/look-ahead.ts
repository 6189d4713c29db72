import { BtsootError } from '@btsoot/shared/model/errors.js';
import { limits } from '@btsoot/shared/model/limits.js';
import type { FileStep, Plan, PlannedStep } from '@btsoot/shared/model/step.js';
import type { Prepared } from './delivery.js';

/** Puts that are prepared before they are sent, and their bytes, which their chunk lists follow. */
const FILES_MAX = 64;
const CONTENT_MAX_BYTES = 4 * 1024 ** 3;

export type Prepare = (planned: PlannedStep, step: FileStep, signal: AbortSignal) => Promise<Prepared>;

interface Ahead {
  readonly planned: PlannedStep;
  readonly sizeBytes: number;
  readonly prepared: Promise<Prepared>;
}

/** Prepares a plan's large puts in its order, so that each is ready when its turn to be sent comes. */
export class LookAhead {
  readonly #plan: Plan;
  readonly #prepare: Prepare;
  readonly #closing = new AbortController();
  readonly #ahead: Ahead[] = [];
  #aheadBytes = 0;
  /** Of the first step that nobody looked at. */
  #index = 0;

  constructor(plan: Plan, prepare: Prepare) {
    this.#plan = plan;
    this.#prepare = prepare;
  }

  /** The next large put of the plan, made ready. */
  async take(planned: PlannedStep): Promise<Prepared> {
    this.#look();
    const first = this.#ahead[0];
    if (first?.planned !== planned) throw new BtsootError('internal', 'a put is taken out of its turn');
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
    for (; this.#index < this.#plan.steps.length; this.#index++) {
      const planned = this.#plan.steps[this.#index] as PlannedStep;
      const { step } = planned;
      if (step.kind !== 'put' || step.content.sizeBytes <= limits.inlineSizeMaxBytes) continue;
      const { sizeBytes } = step.content;
      const isFull = this.#ahead.length >= FILES_MAX || this.#aheadBytes + sizeBytes > CONTENT_MAX_BYTES;
      if (isFull && this.#ahead.length > 0) return;
      const prepared = this.#prepare(planned, step, this.#closing.signal);
      // It may fail long before its turn; it throws when that comes.
      prepared.catch(() => {});
      this.#ahead.push({ planned, sizeBytes, prepared });
      this.#aheadBytes += sizeBytes;
    }
  }
}
