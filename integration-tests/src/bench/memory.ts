import { closeSync, ftruncateSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { Cleanup } from '../harness/cleanup.js';
import { peakMemoryBytes } from '../harness/memory.js';
import { seeded } from '../harness/random.js';
import { formatBytes, printTable } from '../harness/table.js';
import { plantCrowd } from '../harness/tree.js';
import { mustSync, pairedWorld, type World } from '../harness/world.js';

/*
 * The remote agent's peak resident memory, as the kernel kept it (VmHWM), for what a small machine fears: one huge
 * file, and very many entries. `npm run bench:memory` prints a table; the aim is under 120 MB for each.
 */

const hugeFileBytes = 4 * 1024 ** 3;
const crowd = { folders: 200, filesPerFolder: 1_000, fileSizeBytes: 8 };

interface Measured {
  readonly what: string;
  readonly peakBytes: number;
}

async function idle(): Promise<Measured> {
  return inWorld(async (world) => ({ what: 'started, and nothing done yet', peakBytes: peakMemoryBytes(world.remote.pid) }));
}

async function hugeFile(): Promise<Measured> {
  return inWorld(async (world) => {
    writeHugeFile(join(world.tree, 'huge'));
    await mustSync(world);
    return { what: 'receiving a file of 4 GiB', peakBytes: peakMemoryBytes(world.remote.pid) };
  });
}

async function manyEntries(): Promise<Measured[]> {
  return inWorld(async (world) => {
    mkdirSync(join(world.tree, 'crowd'));
    plantCrowd(join(world.tree, 'crowd'), crowd, seeded(2));
    await mustSync(world);
    const filling = peakMemoryBytes(world.remote.pid);
    await world.remote.stop();
    await world.remote.serve();
    await mustSync(world);
    return [
      { what: 'receiving 200,000 files', peakBytes: filling },
      { what: 'started anew on a manifest of 200,000 entries, one sync', peakBytes: peakMemoryBytes(world.remote.pid) },
    ];
  });
}

/** Random bytes, the same 64 MiB over and over: nothing on the way can take them for holes. */
function writeHugeFile(path: string): void {
  const piece = seeded(1).bytes(64 * 1024 ** 2);
  const descriptor = openSync(path, 'wx');
  for (let written = 0; written < hugeFileBytes; ) written += writeSync(descriptor, piece);
  ftruncateSync(descriptor, hugeFileBytes);
  closeSync(descriptor);
}

async function inWorld<T>(work: (world: World) => Promise<T>): Promise<T> {
  const cleanup = new Cleanup();
  try {
    return await work(await pairedWorld(cleanup));
  } finally {
    await cleanup.run();
  }
}

const measured = [await idle(), await hugeFile(), ...(await manyEntries())];
console.log(`Peak resident memory of the remote agent (VmHWM), Node ${process.version}.\n`);
printTable(
  [
    { title: 'while', align: 'left' },
    { title: 'peak', align: 'right' },
  ],
  measured.map(({ what, peakBytes }) => [what, formatBytes(peakBytes)]),
);
console.log(`\n${JSON.stringify({ unit: 'bytes', measured }, null, 2)}`);
