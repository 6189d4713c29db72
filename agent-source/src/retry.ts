import { setTimeout as sleep } from 'node:timers/promises';
import { BtsootError } from '@btsoot/shared/model/errors.js';
import { limits } from '@btsoot/shared/model/limits.js';
import type { ProgressEvent, Report } from '@btsoot/shared/model/progress.js';

export interface RetryOptions {
  /** Tries after the first, or after one that got on. */
  readonly retries: number;
  readonly signal: AbortSignal;
  readonly report: Report;
  /** 0 to 1, as Math.random. */
  readonly random: () => number;
}

/**
 * Repeats work that fails in a way that may pass by itself. Throws the last error as it is. A try that got on counts as
 * the first one again: a link that breaks every hour must not end a transfer of days.
 * @param work reports its plans to the function that it is given: one that is smaller than the last tells that it got on
 */
export async function withRetries<T>(options: RetryOptions, work: (report: Report) => Promise<T>): Promise<T> {
  const plans = new Plans();
  const report: Report = (event) => {
    if (event.kind === 'planned') plans.saw(event);
    options.report(event);
  };
  for (let attempt = 1; ; attempt++) {
    try {
      return await work(report);
    } catch (error) {
      if (plans.gotOn()) attempt = 1;
      const again = error instanceof BtsootError && error.retryable && attempt <= options.retries && !options.signal.aborted;
      if (!again) throw error;
      const delayMs = retryDelayMs(attempt, options.random());
      options.report({ kind: 'retry', attempt, delayMs, message: error.message });
      await sleep(delayMs, undefined, { signal: options.signal }).catch(() => {
        throw new BtsootError('cancelled', `stopped while waiting to try again: ${error.message}`, { cause: error });
      });
    }
  }
}

type Planned = Extract<ProgressEvent, { kind: 'planned' }>;

/** Plans of one try after the other. What is left to be done shrinks only by what the remote has made durable. */
class Plans {
  #last: Planned | null = null;
  #gotOn = false;

  saw(plan: Planned): void {
    const last = this.#last;
    if (last !== null && (plan.steps < last.steps || plan.summary.wireBytes < last.summary.wireBytes)) this.#gotOn = true;
    this.#last = plan;
  }

  /** Whether that was so since this was asked last. */
  gotOn(): boolean {
    const gotOn = this.#gotOn;
    this.#gotOn = false;
    return gotOn;
  }
}

/** Tripled each time, and spread over half its length, so that sources cut off together do not come back together. */
export function retryDelayMs(attempt: number, random: number): number {
  const fullMs = Math.min(limits.retryDelayFirstMs * 3 ** (attempt - 1), limits.retryDelayMaxMs);
  return Math.round(fullMs * (0.5 + random / 2));
}
