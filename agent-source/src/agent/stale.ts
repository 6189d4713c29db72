import { limits } from '@btsoot/shared/model/limits.js';
import type { Config } from '../config.js';
import { makeContext } from '../context.js';
import { readLastResult } from '../last-result.js';
import type { Logger } from '../log.js';
import { notifyOfStale } from '../notify/notify.js';
import type { Paths } from '../paths.js';
import { type Pause, readPause } from '../pause.js';

/** Tells of blocks that were not synced well for too long, for as long as an agent runs. */
export class StaleWatch {
  readonly #paths: Paths;
  readonly #log: Logger;
  readonly #sinceUs = Date.now() * 1000;
  readonly #timer: NodeJS.Timeout;
  readonly #stop = new AbortController();
  #config: Config | null = null;

  constructor(paths: Paths, log: Logger) {
    this.#paths = paths;
    this.#log = log;
    this.#timer = setInterval(() => void this.#look(), limits.staleLookEveryMs);
  }

  update(config: Config): void {
    this.#config = config;
    void this.#look();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#stop.abort();
    this.#config = null;
  }

  async #look(): Promise<void> {
    const config = this.#config;
    if (config === null || !config.notify.on.has('stale')) return;
    const context = makeContext(config, this.#paths, this.#log);
    const nowUs = Date.now() * 1000;
    for (const block of config.blocks.values()) {
      if (this.#stop.signal.aborted) return;
      const goodUs = (await readLastResult(this.#paths, block.name).catch(() => null))?.goodUs ?? 0;
      // One that never was is given as long as any other.
      if (isStale(goodUs === 0 ? this.#sinceUs : goodUs, nowUs, config.notify.staleAfterMs))
        await notifyOfStale(context, block, goodUs, this.#pauseOf(block.name, nowUs), nowUs, this.#stop.signal);
    }
  }

  /** It is only for the words. */
  #pauseOf(block: string, nowUs: number): Pause | null {
    try {
      return readPause(this.#paths, block, nowUs);
    } catch {
      return null;
    }
  }
}

export function isStale(goodUs: number, nowUs: number, staleAfterMs: number): boolean {
  return nowUs - goodUs >= staleAfterMs * 1000;
}
