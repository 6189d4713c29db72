import { parseArgs } from 'node:util';
import { Cleanup } from '../harness/cleanup.js';
import { formatCount, printTable } from '../harness/table.js';
import { shimMissing } from './shim.js';
import { makeTrials, run, type Verdict } from './trial.js';

/*
 * `npm run test:crash`: every crash of a sync and of a restore. `-- --every 10` tries every tenth, `--from 3` begins with the third of them,
 * `--only WORD` tries those with the word in their line of the table, `--mixtures 5` more mixtures of what a power cut takes.
 */

const { values } = parseArgs({
  options: {
    every: { type: 'string', default: '1' },
    from: { type: 'string', default: '0' },
    only: { type: 'string', default: '' },
    mixtures: { type: 'string', default: '3' },
  },
});

if (shimMissing !== false) throw new Error(shimMissing);
const cleanup = new Cleanup();
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void cleanup.run().finally(() => process.exit(1)));
try {
  const verdicts = await tryAll();
  print(verdicts);
  if ([...verdicts.values()].some(({ broken }) => broken.length > 0)) process.exitCode = 1;
} finally {
  await cleanup.run();
}

async function tryAll(): Promise<Map<string, Verdict>> {
  const verdicts = new Map<string, Verdict>();
  const { trials } = await makeTrials(cleanup, Number(values.mixtures));
  for (const trial of trials) {
    if (!trial.name.includes(values.only)) continue;
    const crashes = trial.crashes.filter((_crash, index) => index % Number(values.every) === Number(values.from));
    const verdict = await run({ ...trial, crashes });
    verdicts.set(trial.name, verdict);
    console.log(`${trial.name}: ${formatCount(verdict.judged)} tried, ${verdict.broken.length} not survived`);
    for (const line of verdict.broken) console.log(`  ${line.replaceAll('\n', '\n    ')}`);
  }
  return verdicts;
}

function print(verdicts: ReadonlyMap<string, Verdict>): void {
  const columns = [
    { title: 'what happens', align: 'left' },
    { title: 'points', align: 'right' },
    { title: 'different', align: 'right' },
    { title: 'not survived', align: 'right' },
  ] as const;
  const rows = [...verdicts].map(([name, { points, judged, broken }]) => [
    name,
    formatCount(points),
    formatCount(judged),
    formatCount(broken.length),
  ]);
  printTable(columns, rows);
}
