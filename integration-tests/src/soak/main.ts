import { parseArgs } from 'node:util';
import { Cleanup } from '../harness/cleanup.js';
import { seeded } from '../harness/random.js';
import { leaksIn } from './leaks.js';
import { printSoaked } from './report.js';
import { soak } from './soak.js';
import { openStage } from './stage.js';

/* `npm run soak -- --minutes 10`: both agents as services, under changes, cuts and restarts. `--seed N` is for the same changes again. */

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '10' }, seed: { type: 'string', default: String(Date.now() % 1_000_000) } },
});

const say = (line: string): void => console.log(`${new Date().toISOString().slice(11, 19)} ${line}`);
const cleanup = new Cleanup();
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void cleanup.run().finally(() => process.exit(1)));
try {
  say(`seed ${values.seed}`);
  const random = seeded(Number(values.seed));
  const stage = await openStage(cleanup, random);
  const minutes = Number(values.minutes);
  const soaked = await soak(stage, { minutes, points: Math.max(2, Math.round(minutes)), random, say });
  printSoaked(soaked, stage.blocks);
  const leaks = leaksIn(soaked.samples);
  for (const leak of leaks) console.log(`LEAK: ${leak}`);
  if (leaks.length > 0) process.exitCode = 1;
} finally {
  await cleanup.run();
}
