import { makeRenderer } from '@btsoot/shared/metrics/renderer.js';
import { readLastResult } from '../last-result.js';
import { readLastVerify } from '../last-verify.js';
import type { Paths } from '../paths.js';
import { version } from '../version.js';
import { type BlockFacts, sourceFamilies } from './families.js';
import type { RunningView } from './joined-runs.js';
import type { KeptView } from './keepers.js';
import { KnownDamage } from './known-damage.js';
import type { Tally } from './run-tally.js';

/** Where a running agent's metrics come from. */
export interface MetricsSource {
  readonly paths: Paths;
  readonly kept: () => readonly KeptView[];
  readonly running: () => readonly RunningView[];
  readonly tallyOf: (block: string) => Tally;
}

/** What renders a running agent's metrics for Prometheus, from what is in memory and a small file or two of each block. */
export function makeRenderMetrics(source: MetricsSource): () => Promise<string> {
  const damage = new KnownDamage(source.paths);
  return makeRenderer(async () => {
    const facts = await Promise.all(source.kept().map((kept) => factsOf(source, damage, kept)));
    return sourceFamilies(facts, version);
  });
}

async function factsOf({ paths, running, tallyOf }: MetricsSource, damage: KnownDamage, kept: KeptView): Promise<BlockFacts> {
  const last = await readLastResult(paths, kept.block);
  const verified = readLastVerify(paths, kept.block);
  const tally = tallyOf(kept.block);
  const isRunning = running().some(({ block }) => block === kept.block);
  return { ...kept, last, verified, tally, isRunning, damaged: damage.of(kept.block, tally, verified, isRunning) };
}
