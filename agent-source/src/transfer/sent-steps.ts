import type { PlannedStep } from '@btsoot/shared/model/step.js';
import { Queue } from '@btsoot/shared/reconcile/queue.js';

/** The steps that were sent, in their order, each until it is acknowledged: the remote acknowledges them in that order. */
export class SentSteps {
  readonly #unacknowledged = new Queue<PlannedStep>();
  #count = 0;
  #last: PlannedStep | undefined;

  /** How many were sent, the acknowledged ones among them. */
  get count(): number {
    return this.#count;
  }

  /** The last one that was sent. */
  get last(): PlannedStep | undefined {
    return this.#last;
  }

  add(steps: readonly PlannedStep[]): void {
    for (const planned of steps) this.#unacknowledged.add(planned);
    this.#count += steps.length;
    this.#last = steps.at(-1) ?? this.#last;
  }

  /** The first that is not yet acknowledged, which it is now; undefined where all are. */
  take(): PlannedStep | undefined {
    return this.#unacknowledged.take();
  }
}
