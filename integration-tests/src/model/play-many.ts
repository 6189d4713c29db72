import fc from 'fast-check';
import { sequences } from './deeds.js';
import { play } from './player.js';
import type { Site } from './site.js';
import { Tally } from './tally.js';

export interface ManyOptions {
  readonly runs: number;
  /** Of the first sequence; the next has the next number. */
  readonly seed: number;
  readonly lengthMax: number;
  /** As `performance.now` counts: no sequence begins later. */
  readonly until: number;
  readonly restoresMax: number;
  readonly shrinkMaxMs: number;
  readonly say: (line: string) => void;
}

const longInterval = 10;
const longFactor = 6;
const sayInterval = 50;

/** Plays one sequence for each seed, and says each that failed, as short as it could be made, with its seed. */
export async function playMany(site: Site, tally: Tally, options: ManyOptions): Promise<void> {
  for (let run = 0; run < options.runs && performance.now() < options.until; run += 1) {
    const seed = options.seed + run;
    const lengthMax = options.lengthMax * (seed % longInterval === 0 ? longFactor : 1);
    const failure = await playSeed(site, tally, seed, lengthMax, options);
    if (failure !== null) {
      tally.failures += 1;
      options.say(`FAILED, seed ${seed}: ${failure}`);
    }
    if ((run + 1) % sayInterval === 0) options.say(tally.line());
  }
}

/** @returns how it failed; null: it did not */
async function playSeed(
  site: Site,
  tally: Tally,
  seed: number,
  lengthMax: number,
  { restoresMax, shrinkMaxMs }: ManyOptions,
): Promise<string | null> {
  let attempts = 0;
  let until = Number.POSITIVE_INFINITY;
  const property = fc.asyncProperty(sequences(lengthMax), async (deeds) => {
    if (performance.now() > until) return;
    attempts += 1;
    try {
      // What is played again to find a shorter sequence does not count.
      await play(site, deeds, attempts === 1 ? tally : new Tally(), { restoresMax });
    } catch (error) {
      if (attempts === 1) until = performance.now() + shrinkMaxMs;
      throw error;
    }
  });
  const { failed, counterexample, errorInstance } = await fc.check(property, { seed, numRuns: 1, unbiased: true });
  if (!failed) return null;
  const [deeds] = counterexample ?? [];
  const error = errorInstance instanceof Error ? (errorInstance.stack ?? errorInstance.message) : String(errorInstance);
  return `${deeds?.length} deeds after ${attempts} attempts\n${JSON.stringify(deeds)}\n${error}`;
}
