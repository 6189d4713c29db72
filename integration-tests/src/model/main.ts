import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Cleanup } from '../harness/cleanup.js';
import { playMany } from './play-many.js';
import { Site } from './site.js';
import { Tally } from './tally.js';

const usage = `usage: npm run test:model -- [--runs N] [--seed N] [--length N] [--minutes N] [--in DIR]

  --runs N      sequences (200)
  --seed N      of the first one; the next has the next number (the clock)
  --length N    deeds of a sequence at most (60; every tenth may have six times as many)
  --minutes N   stop after so long
  --in DIR      where the trees lie; a tmpfs is fastest (the temporary directory)`;

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '200' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    length: { type: 'string', default: '60' },
    minutes: { type: 'string', default: '100000' },
    in: { type: 'string', default: tmpdir() },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) console.log(usage);
else process.exitCode = await run();

async function run(): Promise<number> {
  const directory = mkdtempSync(join(values.in, 'btsoot-model-'));
  const cleanup = new Cleanup();
  cleanup.after(() => rmSync(directory, { recursive: true, force: true, maxRetries: 3 }));
  const tally = new Tally();
  try {
    const site = await Site.open({ after: (work) => cleanup.after(work) }, directory);
    const say = (line: string): void => console.log(`${new Date().toISOString().slice(11, 19)} ${line}`);
    await playMany(site, tally, {
      runs: Number(values.runs),
      seed: Number(values.seed),
      lengthMax: Number(values.length),
      until: performance.now() + Number(values.minutes) * 60_000,
      restoresMax: 3,
      shrinkMaxMs: 180_000,
      say,
    });
    say(tally.line());
    return tally.failures === 0 ? 0 : 1;
  } finally {
    await cleanup.run();
  }
}
