import type { LastVerify } from '../last-verify.js';
import type { Paths } from '../paths.js';
import { knownOfSource } from '../verify-source.js';
import type { Tally } from './run-tally.js';

/** How many files of each source are known to be damaged: asked again only when something may have changed it. */
export class KnownDamage {
  readonly #paths: Paths;
  readonly #known = new Map<string, { readonly key: string; readonly count: number | null }>();

  constructor(paths: Paths) {
    this.#paths = paths;
  }

  /** Null: nobody can tell. While the block is worked on, what was known before. */
  of(block: string, { runs }: Tally, verified: LastVerify, isRunning: boolean): number | null {
    const known = this.#known.get(block);
    const key = JSON.stringify([runs, verified.source?.finishedUs]);
    if (known !== undefined && (isRunning || known.key === key)) return known.count;
    const count = isRunning ? null : this.#ask(block);
    if (!isRunning) this.#known.set(block, { key, count });
    return count;
  }

  #ask(block: string): number | null {
    try {
      return knownOfSource({ paths: this.#paths }, { name: block });
    } catch {
      return null; // the sync says what is wrong with its manifest
    }
  }
}
