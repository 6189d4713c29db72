import { setImmediate } from 'node:timers/promises';

const TURN_MS = 10;

/**
 * For work whose awaits may all be settled already, as those of zeros and of one-byte copies are: lets everybody else on the
 * event loop have a turn about every 10 ms, and notices when the work is no longer wanted.
 */
export class Breather {
  readonly #signal: AbortSignal | null;
  #turnEndsMs = performance.now() + TURN_MS;

  constructor(signal: AbortSignal | null) {
    this.#signal = signal;
  }

  /** Cheap enough for every op: `if (breather.isDue()) await breather.rest()`. */
  isDue(): boolean {
    return performance.now() >= this.#turnEndsMs;
  }

  /** @throws the signal's reason once it has fired */
  async rest(): Promise<void> {
    await setImmediate();
    this.#signal?.throwIfAborted();
    this.#turnEndsMs = performance.now() + TURN_MS;
  }
}
