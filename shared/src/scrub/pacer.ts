import { setTimeout as sleep } from 'node:timers/promises';

/** What was not used of the rate is kept for so long: a wait for the disk is no reason to read faster afterwards. */
const CREDIT_MAX_MS = 250;
/** Timers are no finer than this. */
const WAIT_MIN_MS = 5;

/** Keeps whoever reads at a rate, which may change while he does. */
export class Pacer {
  readonly #bytesPerSecond: () => number;
  #paidUntilMs = 0;

  /** @param bytesPerSecond asked each time; Infinity for as fast as it goes */
  constructor(bytesPerSecond: () => number) {
    this.#bytesPerSecond = bytesPerSecond;
  }

  /** Resolves when more may be read. @throws the signal's reason */
  async spent(bytes: number, signal: AbortSignal): Promise<void> {
    const nowMs = performance.now();
    this.#paidUntilMs = Math.max(this.#paidUntilMs, nowMs - CREDIT_MAX_MS) + (bytes / this.#bytesPerSecond()) * 1000;
    const waitMs = this.#paidUntilMs - nowMs;
    if (waitMs >= WAIT_MIN_MS) await sleep(waitMs, undefined, { signal }).catch(() => signal.throwIfAborted());
  }
}
