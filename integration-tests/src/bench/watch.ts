import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Cleanup } from '../harness/cleanup.js';
import { peakMemoryBytes } from '../harness/memory.js';
import { forgetPeakMemory } from '../harness/process-use.js';
import { seeded } from '../harness/random.js';
import { formatBytes, formatCount, printTable } from '../harness/table.js';
import { plantCrowd } from '../harness/tree.js';
import { mustSync, pairedWorld } from '../harness/world.js';
import { bench, benchOptions, within, writeFigures } from './program.js';

/*
 * `npm run bench:watch`: how long it takes from a write in a watched block of very many files until it is durable on the remote
 * and the agent has said so, beyond the time that changes are given to come to rest; and what the source agent takes for it.
 */

const options = benchOptions();
const SETTLE_MS = 1_000;
const ROUNDS = 7;

interface Figure {
  readonly files: number;
  /** Of each round, beyond the settle time. */
  readonly seconds: readonly number[];
  readonly medianSeconds: number;
  readonly agentPeakBytes: number;
  readonly remotePeakBytes: number;
  readonly wireBytes: number;
}

const figures: Figure[] = [];

/** Folders of folders of files. */
function plantAlbums(tree: string, files: number): void {
  const random = seeded(3);
  const [albums, filesPerAlbum] = [200, 50];
  for (let year = 0; year * albums * filesPerAlbum < files; year++) {
    const folder = join(tree, `year-${year}`);
    mkdirSync(folder);
    plantCrowd(folder, { folders: albums, filesPerFolder: filesPerAlbum, fileSizeBytes: 8 }, random);
  }
}

async function oneChange(cleanup: Cleanup, files: number): Promise<void> {
  const world = await pairedWorld(cleanup);
  plantAlbums(world.tree, files);
  await mustSync(world);
  world.source.configureRaw('blocks.photos', 'watch', 'true');
  world.source.configureRaw('blocks.photos', 'settle', `"${SETTLE_MS / 1_000} s"`);
  const agent = world.source.start('agent');
  cleanup.after(() => agent.stop('SIGTERM'));
  await agent.line(/"sync ended"/);
  const seconds: number[] = [];
  for (const pid of [agent.pid, world.remote.pid]) forgetPeakMemory(pid);
  world.proxy.reset();
  for (let round = 1; round <= ROUNDS; round++) {
    const startedMs = performance.now();
    writeFileSync(join(world.tree, 'year-0', `written-${round % 2}`), `in round ${round}`);
    await agent.line(/^(?=.*"sync ended")(?=.*"kind":"done")/, round);
    seconds.push((performance.now() - startedMs - SETTLE_MS) / 1_000);
  }
  figures.push({
    files,
    seconds,
    medianSeconds: [...seconds].sort((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? 0,
    agentPeakBytes: peakMemoryBytes(agent.pid),
    remotePeakBytes: peakMemoryBytes(world.remote.pid),
    wireBytes: Math.round(world.proxy.totalBytes() / ROUNDS),
  });
}

await bench(async (cleanup) => {
  for (const files of [10_000, 1_000_000].map((count) => count * options.scale))
    await within(cleanup, (own) => oneChange(own, files));
});

printTable(
  [
    { title: 'one file written among', align: 'right' },
    { title: 'durable after', align: 'right' },
    { title: 'slowest', align: 'right' },
    { title: 'on the wire', align: 'right' },
    { title: "agent's peak", align: 'right' },
    { title: "remote's peak", align: 'right' },
  ],
  figures.map(({ files, medianSeconds, seconds, wireBytes, agentPeakBytes, remotePeakBytes }) => [
    formatCount(files),
    `${medianSeconds.toFixed(2)} s`,
    `${Math.max(...seconds).toFixed(2)} s`,
    formatBytes(wireBytes),
    formatBytes(agentPeakBytes),
    formatBytes(remotePeakBytes),
  ]),
);
writeFigures(options, { node: process.version, settleMs: SETTLE_MS, figures });
