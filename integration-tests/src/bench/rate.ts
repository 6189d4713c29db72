import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { printTable } from '../harness/table.js';
import { mustSync, pairedWorld } from '../harness/world.js';
import { bench, benchOptions, writeFigures } from './program.js';

/*
 * How well a rate limit is held: what crosses the counting proxy in every 10 s of a sync, TLS included, against the
 * limit. The last part of the sync, which has less to send, and the first second, with its handshakes, do not count.
 * `npm run bench:rate [-- [FILE.json] [--scale 0.5]]`
 */

const SAMPLE_MS = 250;
const WINDOW_MS = 10_000;

interface Sample {
  readonly atMs: number;
  readonly bytes: number;
}

/** Bytes per second, in the window that ends with each sample. */
function ratesOf(samples: readonly Sample[]): number[] {
  return samples.flatMap((end) => {
    const start = samples.findLast(({ atMs }) => atMs <= end.atMs - WINDOW_MS);
    return start === undefined ? [] : [((end.bytes - start.bytes) / (end.atMs - start.atMs)) * 1_000];
  });
}

const options = benchOptions();
await bench(async (cleanup) => {
  const limits = [0.5, 2, 8].filter((limit) => options.wants(`${limit}`));
  const rows: { limit: number; least: number; most: number }[] = [];
  for (const limit of limits) {
    const world = await pairedWorld(cleanup);
    const seconds = 30 * options.scale;
    world.source.configure('remotes.pi', 'rate_limit', `${limit} MB/s`);
    mkdirSync(join(world.tree, 'films'));
    for (let film = 0; film < 10; film++) {
      writeFileSync(join(world.tree, 'films', `${film}`), randomBytes((limit * 1_000_000 * seconds) / 10));
    }
    const samples: Sample[] = [];
    const sampling = setInterval(() => samples.push({ atMs: performance.now(), bytes: world.proxy.totalBytes() }), SAMPLE_MS);
    await mustSync(world);
    clearInterval(sampling);
    const total = world.proxy.totalBytes();
    const began = samples.findIndex(({ bytes }) => bytes > limit * 1_000_000);
    const steady = samples.slice(began).filter(({ bytes }) => bytes < total - limit * 1_000_000);
    const rates = ratesOf(steady);
    rows.push({ limit: limit * 1_000_000, least: Math.min(...rates), most: Math.max(...rates) });
    await world.proxy.close();
  }
  printTable(
    ['limit, MB/s', 'least in any 10 s', 'most in any 10 s'].map((title) => ({ title, align: 'right' as const })),
    rows.map(({ limit, least, most }) => [
      `${limit / 1_000_000}`,
      ...[least, most].map((rate) => `${((100 * rate) / limit).toFixed(1)} %`),
    ]),
  );
  writeFigures(options, { unit: 'bytes per second', rows });
});
