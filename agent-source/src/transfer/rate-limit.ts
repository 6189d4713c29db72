import { setTimeout as sleep } from 'node:timers/promises';
import { BtsootError } from '@btsoot/shared/model/errors.js';
import { type RateTimetable, rateAt } from './timetable.js';

/** Credit that is kept while nothing is sent: makes up for timers that ring late. */
const BUCKET_MS = 200;
/** With one message above the bucket, 10 s get at most 4.5 % more than their share. */
const MESSAGE_MS = 250;
/** The timetable is looked at again. */
const SLEEP_MAX_MS = 1_000;

export interface RateClock {
  /** Milliseconds that never go back. */
  monotonicMs(): number;
  /** For the timetable. */
  now(): Date;
  /** @throws when the signal fires. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

export const SYSTEM_CLOCK: RateClock = {
  monotonicMs: () => performance.now(),
  now: () => new Date(),
  sleep: (ms, signal) => sleep(ms, undefined, { signal }),
};

/** What was let through on one link, in bytes since it was first used. Those that send on it at the same time share it. */
export class RateBucket {
  /** What could have been sent by `creditedMs`. */
  credit = 0;
  creditedMs: number | null = null;
  /** What was asked for. */
  taken = 0;
}

export interface RateLimiterOptions {
  readonly signal: AbortSignal;
  readonly bucket?: RateBucket;
  readonly clock?: RateClock;
}

/**
 * Holds a link's rate to its timetable, within 5 % over any 10 s where messages stay within `messageMaxBytes`. A message is
 * let go when those before it are paid for: the next one waits for it.
 */
export class RateLimiter {
  readonly #timetable: RateTimetable;
  readonly #signal: AbortSignal;
  readonly #bucket: RateBucket;
  readonly #clock: RateClock;

  constructor(timetable: RateTimetable, { signal, bucket = new RateBucket(), clock = SYSTEM_CLOCK }: RateLimiterOptions) {
    this.#timetable = timetable;
    this.#signal = signal;
    this.#bucket = bucket;
    this.#clock = clock;
  }

  /** How large a message may be that is not to be seen as a burst; Infinity while nothing is limited. */
  get messageMaxBytes(): number {
    const rate = this.#rate();
    return rate === null ? Number.POSITIVE_INFINITY : Math.max(1, Math.floor((rate * MESSAGE_MS) / 1000));
  }

  /**
   * Resolves when a message of this size may be sent, in the order of calls.
   * @throws BtsootError when the signal fires (its reason, else of kind `cancelled`).
   */
  async take(bytes: number): Promise<void> {
    const bucket = this.#bucket;
    this.#refill();
    const before = bucket.taken;
    bucket.taken += bytes;
    for (;;) {
      this.#check();
      const rate = this.#refill();
      if (rate === null || bucket.credit >= before) return;
      await this.#sleep(Math.min(((before - bucket.credit) / rate) * 1000, SLEEP_MAX_MS));
    }
  }

  /** Answers the rate of this moment. */
  #refill(): number | null {
    const bucket = this.#bucket;
    const nowMs = this.#clock.monotonicMs();
    const rate = this.#rate();
    const passedMs = nowMs - (bucket.creditedMs ?? nowMs);
    bucket.creditedMs = nowMs;
    if (rate === null) bucket.credit = Math.max(bucket.credit, bucket.taken);
    else bucket.credit = Math.min(bucket.credit + (rate * passedMs) / 1000, bucket.taken + (rate * BUCKET_MS) / 1000);
    return rate;
  }

  #rate(): number | null {
    return rateAt(this.#timetable, this.#clock.now());
  }

  async #sleep(ms: number): Promise<void> {
    try {
      await this.#clock.sleep(ms, this.#signal);
    } catch (error) {
      this.#check();
      throw error;
    }
  }

  #check(): void {
    if (!this.#signal.aborted) return;
    throw this.#signal.reason instanceof BtsootError
      ? this.#signal.reason
      : new BtsootError('cancelled', 'the transfer was stopped');
  }
}

const buckets = new Map<string, RateBucket>();

/** The limiter of one transfer to a remote, null without a limit. All transfers of this process to the remote share its rate. */
export function limiterFor(
  remote: { readonly name: string; readonly rateLimit: RateTimetable | null },
  signal: AbortSignal,
): RateLimiter | null {
  if (remote.rateLimit === null) return null;
  const bucket = buckets.get(remote.name) ?? new RateBucket();
  buckets.set(remote.name, bucket);
  return new RateLimiter(remote.rateLimit, { signal, bucket });
}
