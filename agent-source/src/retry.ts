import { setTimeout as sleep } from 'node:timers/promises';
import { BtsootError } from '@btsoot/shared/model/errors.js';
import { limits } from '@btsoot/shared/model/limits.js';
import type { Report } from '@btsoot/shared/model/progress.js';

export interface RetryOptions {
  /** Tries after the first. */
  readonly retries: number;
  readonly signal: AbortSignal;
  readonly report: Report;
  /** 0 to 1, as Math.random. */
  readonly random: () => number;
}

/** Repeats work that fails in a way that may pass by itself. Throws the last error as it is. */
export async function withRetries<T>(options: RetryOptions, work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
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

/** Tripled each time, and spread over half its length, so that sources cut off together do not come back together. */
export function retryDelayMs(attempt: number, random: number): number {
  const fullMs = Math.min(limits.retryDelayFirstMs * 3 ** (attempt - 1), limits.retryDelayMaxMs);
  return Math.round(fullMs * (0.5 + random / 2));
}
