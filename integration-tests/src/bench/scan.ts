import { closeSync, mkdirSync, openSync, readdirSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Cleanup } from '../harness/cleanup.js';
import { cleanEnvironment, sourceProgram, withoutChunks } from '../harness/programs.js';
import { seeded } from '../harness/random.js';
import { formatBytes, formatCount, printTable } from '../harness/table.js';
import { plantCrowd } from '../harness/tree.js';
import { temporaryDirectory } from '../harness/world.js';
import { chunkerRates } from './chunker-rate.js';
import { plotSvg, type Series } from './plot.js';
import { bench, benchOptions, within, writeFigures } from './program.js';
import { cachesStay, compete, dropCaches, type Program, run } from './rival.js';

/*
 * `npm run bench:scan`: what a scan takes, beside programs that do as much to the same tree, or less: `cat` reads it, `find`
 * walks it, `xxhsum` hashes it, `rsync -n` compares it with a copy. Without chunks: with a limit that no file reaches, so that a
 * scan hashes large files and does not cut them; the cutting's own rate, in memory, is beside it. Medians of runs by turns; a ratio below 1 is less than the other's time. With a
 * file's name, the figures go there as JSON, and a plot beside it.
 */

const options = benchOptions();

interface Figure {
  readonly what: string;
  /** How many small files the tree has; 0 for large ones. */
  readonly count: number;
  readonly peer: string;
  readonly seconds: number;
  readonly peerSeconds: number | null;
  readonly peakBytes: number;
}

/** A tree, a copy of it, and a block of it in a home of its own. */
class Ground {
  readonly tree: string;
  readonly copy: string;
  readonly #home: string;

  constructor(cleanup: Cleanup, plant: (tree: string) => void) {
    const directory = temporaryDirectory(cleanup);
    [this.tree, this.copy, this.#home] = [join(directory, 'tree'), join(directory, 'copy'), join(directory, 'home')];
    const target = join(directory, 'target');
    for (const made of [this.tree, this.#home, target]) mkdirSync(made);
    plant(this.tree);
    run(this.#btsoot('add', 'tree', this.tree, join(target, 'tree')));
  }

  copyTree(): void {
    run({ name: 'cp', command: 'cp', args: ['-a', this.tree, this.copy] });
  }

  scan(prepare?: () => void): Program {
    return { ...this.#btsoot('scan', 'tree'), ...(prepare && { prepare }) };
  }

  /** As a block's first one. */
  firstScan(prepare?: () => void): Program {
    return this.scan(() => {
      for (const end of ['', '-wal', '-shm'])
        rmSync(join(this.#home, 'state', 'blocks', 'tree', `source.db${end}`), { force: true });
      prepare?.();
    });
  }

  firstScanWithoutChunks(): Program {
    const scan = this.firstScan();
    return { ...scan, environment: { ...scan.environment, ...withoutChunks } };
  }

  rsync(...flags: string[]): Program {
    const args = ['-an', '--delete', ...flags, `${this.tree}/`, `${this.copy}/`];
    return { name: `rsync ${args.slice(0, -2).join(' ')}`, command: 'rsync', args };
  }

  find(prepare?: () => void): Program {
    const args = [this.tree, '-printf', '%P %s %T@ %i\\n'];
    return { name: 'find -printf', command: 'find', args, ...(prepare && { prepare }) };
  }

  cat(prepare?: () => void): Program {
    const args = ['-c', 'find "$0" -type f -exec cat {} + > /dev/null', this.tree];
    return { name: 'cat', command: 'sh', args, ...(prepare && { prepare }) };
  }

  /** One process, as a person starts it: a scan hashes on several threads. */
  xxhsum(): Program {
    const files = readdirSync(this.tree).map((name) => join(this.tree, name));
    return { name: 'xxhsum -H2', command: 'xxhsum', args: ['-H2', ...files] };
  }

  #btsoot(...args: string[]): Program {
    const environment = cleanEnvironment(this.#home);
    const [command = '', ...main] = sourceProgram;
    return { name: 'btsoot', command, args: [...main, ...args], environment };
  }
}

const UNCHANGED = 'unchanged files';
const figures: Figure[] = [];

function contest(what: string, count: number, rounds: number, ours: Program, ...peers: Program[]): void {
  if (!options.wants(what)) return;
  const [own, ...others] = compete(options.rounds ?? rounds, [ours, ...peers]);
  if (own === null || own === undefined) throw new Error('btsoot did not run');
  for (const [index, { name }] of peers.entries()) {
    const peerSeconds = others[index]?.seconds ?? null;
    figures.push({ what, count, peer: name, seconds: own.seconds, peerSeconds, peakBytes: own.peakBytes });
  }
}

function largeFiles(cleanup: Cleanup): void {
  const files = Math.max(1, Math.round(16 * options.scale));
  const size = formatBytes(files * 128 * 1024 ** 2);
  if (!options.wants(`first scan of ${size} in large files`)) return;
  const ground = new Ground(cleanup, (tree) => plantLarge(tree, files));
  if (cachesStay === false)
    contest(`first scan of ${size} in large files, cold`, 0, 3, ground.firstScan(dropCaches), ground.cat(dropCaches));
  contest(`first scan of ${size} in large files`, 0, 3, ground.firstScan(), ground.cat(), ground.xxhsum());
  contest(`first scan of ${size} in large files, without chunks`, 0, 3, ground.firstScanWithoutChunks(), ground.xxhsum());
}

/** Of 128 MiB each. */
function plantLarge(tree: string, files: number): void {
  const random = seeded(1);
  for (let index = 0; index < files; index += 1) {
    const descriptor = openSync(join(tree, `large-${index}`), 'wx');
    for (let piece = 0; piece < 16; piece += 1) writeSync(descriptor, random.bytes(8 * 1024 ** 2));
    closeSync(descriptor);
  }
}

function smallFiles(cleanup: Cleanup, files: number): void {
  const count = formatCount(files);
  const [first, again] = [`first scan of ${count} small files`, `scan of ${count} ${UNCHANGED}`];
  if (!options.wants(first) && !options.wants(again)) return;
  const crowd = { folders: Math.ceil(files / 50), filesPerFolder: 50, fileSizeBytes: 64 };
  const ground = new Ground(cleanup, (tree) => plantCrowd(tree, crowd, seeded(2)));
  ground.copyTree();
  if (files <= 100_000) contest(first, files, 3, ground.firstScan(), ground.rsync('--checksum'));
  // What was written a moment ago is read once more by the second scan, and looked at by the third.
  for (let warm = 0; warm < 3; warm += 1) run(ground.scan());
  contest(again, files, 5, ground.scan(), ground.rsync(), ground.find());
  if (cachesStay === false) {
    const rsync = { ...ground.rsync(), prepare: dropCaches };
    contest(`${again}, cold`, files, 3, ground.scan(dropCaches), rsync, ground.find(dropCaches));
  }
}

await bench(async (cleanup) => {
  await within(cleanup, async (own) => largeFiles(own));
  for (const files of [10_000, 100_000, 1_000_000]) await within(cleanup, async (own) => smallFiles(own, files * options.scale));
});

function seriesOf(some: readonly Figure[]): Series[] {
  const named = (name: string, points: Series['points']): Series => ({ name, points });
  const peers = [...new Set(some.map(({ peer }) => peer))];
  const first = some.filter(({ peer }) => peer === peers[0]);
  const others = peers.map((name) =>
    named(
      name.replace(' --delete', ''),
      some.flatMap(({ peer, count, peerSeconds }) =>
        peer === name && peerSeconds !== null ? [{ count, seconds: peerSeconds }] : [],
      ),
    ),
  );
  return [named('btsoot', first), ...others.filter(({ points }) => points.length > 0)];
}

const rates = options.wants('chunker') ? chunkerRates(options.rounds ?? 5) : null;
const inSeconds = (seconds: number | null): string => (seconds === null ? 'skipped: not installed' : `${seconds.toFixed(2)} s`);
printTable(
  [
    { title: 'what', align: 'left' },
    { title: 'btsoot', align: 'right' },
    { title: 'beside', align: 'left' },
    { title: 'takes', align: 'right' },
    { title: 'ratio', align: 'right' },
    { title: 'peak memory', align: 'right' },
  ],
  figures.map(({ what, peer, seconds, peerSeconds, peakBytes }) => [
    what,
    inSeconds(seconds),
    peer,
    inSeconds(peerSeconds),
    peerSeconds === null ? '' : (seconds / peerSeconds).toFixed(2),
    formatBytes(peakBytes),
  ]),
);
const inMegabytes = (rate: number): string => `${(rate / 1_000_000).toFixed(0)} MB/s`;
if (rates !== null)
  console.log(
    `\nThe chunker on one core: ${inMegabytes(rates.cutting)}; with each chunk's hash ${inMegabytes(rates.cuttingAndHashing)}.`,
  );
const unchanged = figures.filter(({ what, count }) => count > 0 && what.endsWith(UNCHANGED));
if (unchanged.length > 0 && options.file !== null)
  writeFileSync(
    `${options.file.replace(/\.json$/, '')}.svg`,
    plotSvg('A scan of a tree in which nothing changed, warm', seriesOf(unchanged)),
  );
writeFigures(options, { node: process.version, figures, chunkerBytesPerSecond: rates });
