import { closeSync, ftruncateSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Cleanup } from '../harness/cleanup.js';
import { peakMemoryBytes } from '../harness/memory.js';
import { seeded } from '../harness/random.js';
import { formatBytes, formatCount, printTable } from '../harness/table.js';
import { plantCrowd } from '../harness/tree.js';
import { mustSync, pairedWorld, type World } from '../harness/world.js';
import { bench, benchOptions, within, writeFigures } from './program.js';

/*
 * The remote agent's peak resident memory, as the kernel kept it (VmHWM), for what a small machine fears: one huge
 * file, and very many entries. `npm run bench:memory [-- [FILE.json] [--scale 0.1]]`; the aim is under 120 MB for each.
 */

const options = benchOptions();
const pieceBytes = 64 * 1024 ** 2;
const hugeFileBytes = Math.ceil(64 * options.scale) * pieceBytes;
const crowd = { folders: Math.ceil(200 * options.scale), filesPerFolder: 1_000, fileSizeBytes: 8 };
const crowdCount = formatCount(crowd.folders * crowd.filesPerFolder);

interface Measured {
  readonly what: string;
  readonly peakBytes: number;
}

async function idle(outer: Cleanup): Promise<Measured> {
  return inWorld(outer, async (world) => ({
    what: 'started, and nothing done yet',
    peakBytes: peakMemoryBytes(world.remote.pid),
  }));
}

async function hugeFile(outer: Cleanup): Promise<Measured> {
  return inWorld(outer, async (world) => {
    writeHugeFile(join(world.tree, 'huge'));
    await mustSync(world);
    return { what: `receiving a file of ${formatBytes(hugeFileBytes)}`, peakBytes: peakMemoryBytes(world.remote.pid) };
  });
}

async function manyEntries(outer: Cleanup): Promise<Measured[]> {
  return inWorld(outer, async (world) => {
    mkdirSync(join(world.tree, 'crowd'));
    plantCrowd(join(world.tree, 'crowd'), crowd, seeded(2));
    await mustSync(world);
    const filling = peakMemoryBytes(world.remote.pid);
    await world.remote.stop();
    await world.remote.serve();
    await mustSync(world);
    return [
      { what: `receiving ${crowdCount} files`, peakBytes: filling },
      { what: `started anew on a manifest of ${crowdCount} entries, one sync`, peakBytes: peakMemoryBytes(world.remote.pid) },
    ];
  });
}

/** Random bytes, the same 64 MiB over and over: nothing on the way can take them for holes. */
function writeHugeFile(path: string): void {
  const piece = seeded(1).bytes(pieceBytes);
  const descriptor = openSync(path, 'wx');
  for (let written = 0; written < hugeFileBytes; ) written += writeSync(descriptor, piece);
  ftruncateSync(descriptor, hugeFileBytes);
  closeSync(descriptor);
}

function inWorld<T>(outer: Cleanup, work: (world: World) => Promise<T>): Promise<T> {
  return within(outer, async (cleanup) => work(await pairedWorld(cleanup)));
}

const measured: Measured[] = [];
await bench(async (outer) => {
  measured.push(await idle(outer), await hugeFile(outer), ...(await manyEntries(outer)));
});
console.log(`Peak resident memory of the remote agent (VmHWM), Node ${process.version}.\n`);
printTable(
  [
    { title: 'while', align: 'left' },
    { title: 'peak', align: 'right' },
  ],
  measured.map(({ what, peakBytes }) => [what, formatBytes(peakBytes)]),
);
writeFigures(options, { unit: 'bytes', measured });
