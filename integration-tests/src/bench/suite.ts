import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { formatBytes, printTable } from '../harness/table.js';
import { type FigureLine, linesOf, medians } from './figures.js';
import { positive } from './program.js';

/*
 * `npm run bench [-- --scale 0.1] [--only WORD] [--rounds 3] [--out FOLDER]`: all benchmarks, one after the other, `--rounds`
 * times each; prints the medians beside what other programs took, and writes them to FOLDER with each run's own figures.
 */

const { values } = parseArgs({
  options: {
    scale: { type: 'string', default: '0.1' },
    only: { type: 'string', default: '' },
    rounds: { type: 'string', default: '3' },
    out: { type: 'string', default: 'bench-figures' },
  },
});
const scale = positive('--scale', values.scale);
/** Below it, there is nothing to be seen: the rate is that in any ten seconds. */
const scaleMin: Readonly<Record<string, number>> = { rate: 0.5 };
const rounds = Math.ceil(positive('--rounds', values.rounds));

interface Skipped {
  readonly bench: string;
  readonly why: string;
}

const lines: FigureLine[] = [];
const skipped: Skipped[] = [];
/** How busy the machine was before each run: figures of a busy one are only relative. */
const loads: number[] = [];

/** A benchmark's own medians would be of one run: it is run again for each round. Null, with a note, where it cannot run. */
function runOnce(bench: string, round: number): FigureLine[] | null {
  const file = join(values.out, `${bench}-${round}.json`);
  const main = fileURLToPath(new URL(`${bench}.js`, import.meta.url));
  console.error(`${bench}, ${round} of ${rounds} ...`);
  loads.push(loadavg()[0] ?? Number.NaN);
  const args = [main, file, '--scale', String(Math.max(scale, scaleMin[bench] ?? 0)), '--rounds', '1'];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', maxBuffer: 2 ** 28 });
  writeFileSync(join(values.out, `${bench}-${round}.txt`), stdout);
  if (status === 0) {
    const json = JSON.parse(readFileSync(file, 'utf8')) as never;
    return linesOf[bench]?.(json).map((line) => ({ bench, ...line })) ?? null;
  }
  skipped.push({ bench, why: stderr.trim().split('\n').at(-1) ?? `it ended with ${status}` });
  return null;
}

function runAll(bench: string): void {
  const runs: FigureLine[][] = [];
  for (let round = 1; round <= rounds; round += 1) {
    const run = runOnce(bench, round);
    if (run === null) return;
    runs.push(run);
  }
  lines.push(...medians(runs));
}

function shown(value: number, unit: FigureLine['unit']): string {
  if (unit === 's') return `${value.toFixed(2)} s`;
  return unit === 'bytes' ? formatBytes(value) : `${formatBytes(value)}/s`;
}

mkdirSync(values.out, { recursive: true });
for (const bench of Object.keys(linesOf).filter((name) => name.includes(values.only))) runAll(bench);
printTable(
  [
    { title: 'bench', align: 'left' },
    { title: 'what', align: 'left' },
    { title: 'BTSOOT', align: 'right' },
    { title: 'beside', align: 'left' },
    { title: 'takes', align: 'right' },
    { title: 'ratio', align: 'right' },
  ],
  lines.map(({ bench, what, unit, ours, peer, theirs }) => [
    bench,
    what,
    shown(ours, unit),
    peer ?? '',
    theirs === null ? (peer === null ? '' : 'skipped: not installed') : shown(theirs, unit),
    theirs === null ? '' : (ours / theirs).toFixed(2),
  ]),
);
for (const { bench, why } of skipped) console.log(`${bench}: skipped: ${why}`);
const busiest = Math.max(...loads);
console.log(
  `\nMedians of ${rounds}, scale ${scale}, Node ${process.version}, ${cpus().length} CPUs, load before a run at most ${busiest.toFixed(1)}.`,
);
const facts = { node: process.version, cpus: cpus().length, loads, scale, rounds };
writeFileSync(join(values.out, 'figures.json'), `${JSON.stringify({ ...facts, lines, skipped }, null, 2)}\n`);
// What cannot run here is no failure; where nothing could, something is wrong.
if (lines.length === 0) process.exitCode = 1;
