import { parseArgs } from 'node:util';
import { Cleanup } from '../harness/cleanup.js';
import { LAYOUTS, type Topology } from './layout.js';
import { leaksIn } from './leaks.js';
import { printSoaked } from './report.js';
import { type Soaked, soak } from './soak.js';

/*
 * `npm run soak -- --minutes 10`: agents as services, under changes, cuts and restarts: a source and two remotes, one folder to three
 * remotes, and four sources to one remote, all at the same time. `--topology fan-in` is for one of these, `--seed N` for the same
 * changes again.
 */

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    topology: { type: 'string', default: Object.keys(LAYOUTS).join(',') },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  },
});

const topologies = values.topology.split(',').map(parseTopology);
const [minutes, seed] = [Number(values.minutes), Number(values.seed)];
const say = (line: string): void => console.log(`${new Date().toISOString().slice(11, 19)} ${line}`);
const cleanup = new Cleanup();
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void cleanup.run().finally(() => process.exit(1)));
try {
  say(`seed ${seed}`);
  const soaked = await Promise.all(topologies.map(soakOne));
  for (const [index, topology] of topologies.entries()) report(topology, soaked[index] as Soaked);
} finally {
  await cleanup.run();
}

function soakOne(topology: Topology): Promise<Soaked> {
  const points = Math.max(1, Math.round(minutes / 2));
  return soak(cleanup, topology, { minutes, points, seed, say: (line) => say(`${topology} at ${line}`) });
}

function report(topology: Topology, soaked: Soaked): void {
  console.log(`\n${topology}\n`);
  printSoaked(soaked);
  const leaks = leaksIn(soaked.samples);
  for (const leak of leaks) console.log(`LEAK: ${leak}`);
  if (leaks.length > 0) process.exitCode = 1;
}

function parseTopology(text: string): Topology {
  const topology = (Object.keys(LAYOUTS) as Topology[]).find((one) => one === text);
  if (topology === undefined) throw new Error(`there is no topology ${text}, only ${Object.keys(LAYOUTS).join(', ')}`);
  return topology;
}
