import { mkdirSync, readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import type { Cleanup } from '../harness/cleanup.js';
import { peakMemoryBytes, tellingPeak, toldPeakBytes } from '../harness/memory.js';
import { forgetPeakMemory } from '../harness/process-use.js';
import { seeded } from '../harness/random.js';
import { rsyncMissing } from '../harness/rsync.js';
import { formatBytes, formatCount, printTable } from '../harness/table.js';
import { plantCrowd } from '../harness/tree.js';
import { mustSucceed, mustSync, pairedWorld, type World } from '../harness/world.js';
import { bench, benchOptions, writeFigures } from './program.js';
import { run } from './rival.js';

/*
 * `npm run bench:entries`: what syncs of a tree of very many files take, whatever is in them: time, bytes on the wire, and
 * both agents' peak memory in each (VmHWM), beside the time of `rsync -an` of the same two trees.
 */

const options = benchOptions();

interface Figure {
  readonly what: string;
  readonly seconds: number;
  readonly wireBytes: number;
  readonly remotePeakBytes: number;
  readonly sourcePeakBytes: number;
  readonly rsyncSeconds: number | null;
  /** Whether rsync was asked for as much; it may be missing all the same. */
  readonly hasPeer: boolean;
}

const figures: Figure[] = [];

async function synced(what: string, world: World, rsync: (() => number | null) | null): Promise<void> {
  forgetPeakMemory(world.remote.pid);
  world.source.environment = tellingPeak;
  world.proxy.reset();
  const startedMs = performance.now();
  const sync = await world.source.json('sync', 'photos');
  const seconds = (performance.now() - startedMs) / 1_000;
  mustSucceed(sync);
  const peaks = { remotePeakBytes: peakMemoryBytes(world.remote.pid), sourcePeakBytes: toldPeakBytes(sync.output) };
  const wireBytes = world.proxy.totalBytes();
  figures.push({ what, seconds, wireBytes, ...peaks, rsyncSeconds: rsync?.() ?? null, hasPeer: rsync !== null });
}

function rsyncSeconds({ tree, mirror }: World): number | null {
  if (rsyncMissing !== false) return null;
  return run({ name: 'rsync', command: 'rsync', args: ['-an', '--delete', `${tree}/`, `${mirror}/`] })?.seconds ?? null;
}

async function manyEntries(cleanup: Cleanup, files: number): Promise<void> {
  const world = await pairedWorld(cleanup);
  plantCrowd(world.tree, { folders: Math.ceil(files / 50), filesPerFolder: 50, fileSizeBytes: 8 }, seeded(3));
  const count = formatCount(files);
  await synced(`first sync of ${count} files`, world, null);
  // What was written a moment ago is looked at once more.
  await mustSync(world);
  await mustSync(world);
  await synced(`nothing changed in ${count} files`, world, () => rsyncSeconds(world));
  const half = readdirSync(world.tree).filter((_, index) => index % 2 === 0);
  mkdirSync(join(world.tree, 'half'));
  for (const name of half) renameSync(join(world.tree, name), join(world.tree, 'half', name));
  await mustSync(world);
  await mustSync(world);
  renameSync(join(world.tree, 'half'), join(world.tree, 'renamed'));
  await synced(`a folder of ${formatCount(half.length * 50)} of them renamed`, world, null);
}

await bench((cleanup) => manyEntries(cleanup, 1_000_000 * options.scale));

printTable(
  [
    { title: 'what', align: 'left' },
    { title: 'takes', align: 'right' },
    { title: 'rsync -an', align: 'right' },
    { title: 'on the wire', align: 'right' },
    { title: "remote's peak", align: 'right' },
    { title: "source's peak", align: 'right' },
  ],
  figures.map(({ what, seconds, wireBytes, remotePeakBytes, sourcePeakBytes, rsyncSeconds: rsync }) => [
    what,
    `${seconds.toFixed(2)} s`,
    rsync === null ? '' : `${rsync.toFixed(2)} s`,
    formatBytes(wireBytes),
    formatBytes(remotePeakBytes),
    formatBytes(sourcePeakBytes),
  ]),
);
writeFigures(options, { node: process.version, figures });
