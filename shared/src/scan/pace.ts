import { setImmediate } from 'node:timers/promises';
import { BtsootError } from '../model/errors.js';

const TURN_MS = 10;

/** Lets everybody else on the event loop have a turn about every 10 ms, and notices when the work is no longer wanted. */
export class Pace {
  readonly #signal: AbortSignal;
  #turnEndsMs = performance.now() + TURN_MS;

  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  /** Cheap enough for every entry: `if (pace.isDue()) await pace.rest()`. */
  isDue(): boolean {
    return performance.now() >= this.#turnEndsMs;
  }

  /** @throws BtsootError once the signal has fired: why it was, else of kind `cancelled`. */
  async rest(): Promise<void> {
    await setImmediate();
    this.check();
    this.#turnEndsMs = performance.now() + TURN_MS;
  }

  check(): void {
    if (!this.#signal.aborted) return;
    throw this.#signal.reason instanceof BtsootError ? this.#signal.reason : new BtsootError('cancelled', 'the scan was stopped');
  }
}
