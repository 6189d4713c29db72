import type { Lane, LinePace } from './delay-line.js';

/** One cable that the connections of several proxies share: what one of them sends, the others wait for. */
export class Trunk implements LinePace {
  readonly delayMs = 0;
  /** Each way, and from now on. Infinity: as fast as it goes. */
  bytesPerSecond = Number.POSITIVE_INFINITY;
  readonly up: Lane = { freeAtMs: 0 };
  readonly down: Lane = { freeAtMs: 0 };
}
