import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { Cleanup } from '../harness/cleanup.js';
import { treeDifferences } from '../harness/compare.js';
import { type DeltaCase, deltaCases } from '../harness/delta-cases.js';
import { rsyncDifferences, rsyncMissing } from '../harness/rsync.js';
import { formatBytes, formatCount, printTable } from '../harness/table.js';
import { blockNames, syncBlock, type WireCase, wireCases, wireWorld } from '../harness/wire-cases.js';
import { type DeltaRow, describeTarget, measureDelta } from './delta-measure.js';
import { xdeltaMissing } from './floor.js';
import { type BenchOptions, bench, benchOptions, within, writeFigures } from './program.js';
import { proxied } from './route.js';
import { RsyncDaemon, rsyncVersion } from './rsync-daemon.js';

/*
 * Bytes on the wire of BTSOOT and of an rsync daemon for the same changes to the same trees, each through a counting
 * proxy, beside the floor, which is what `xdelta3 -9` makes of both versions. With what the remote agent read, wrote
 * and held in memory meanwhile. `npm run bench:wire [-- [FILE.json] [--scale 0.1] [--only WORD]]`
 */

interface NameRow {
  readonly name: string;
  readonly btsootBytes: number;
  /** With `-z`. Null where rsync is not installed. */
  readonly rsyncBytes: number | null;
}

/** Changes of names, on trees of fixed sizes. */
async function measureNames(cleanup: Cleanup, cases: readonly WireCase[]): Promise<NameRow[]> {
  if (cases.length === 0) return [];
  const world = await wireWorld(cleanup);
  const rsync = rsyncMissing === false ? await RsyncDaemon.start(cleanup, world.directory, proxied(), { compress: true }) : null;
  for (const name of blockNames) await rsync?.mirror(world.trees[name], name);
  const rows: NameRow[] = [];
  for (const { name, block, change } of cases) {
    change(world.trees[block]);
    const { wireBytes } = await syncBlock(world, block);
    rows.push({ name, btsootBytes: wireBytes, rsyncBytes: (await rsync?.mirror(world.trees[block], block))?.wireBytes ?? null });
  }
  for (const name of blockNames) {
    assert.deepEqual(treeDifferences(world.trees[name], join(world.remote.root, name)), []);
    if (rsync !== null) assert.deepEqual(rsyncDifferences(world.trees[name], rsync.mirrorOf(name)), []);
  }
  return rows;
}

async function measureDeltas(outer: Cleanup, cases: readonly DeltaCase[], scale: number): Promise<DeltaRow[]> {
  const rows: DeltaRow[] = [];
  for (const deltaCase of cases) {
    console.error(`${deltaCase.name} ...`);
    rows.push(await within(outer, (cleanup) => measureDelta(cleanup, deltaCase, scale)));
  }
  return rows;
}

function printBytes(names: readonly NameRow[], deltas: readonly DeltaRow[]): void {
  const columns = ['BTSOOT', 'rsync -z', 'rsync / BTSOOT', 'floor', 'BTSOOT / floor', 'target', 'met'];
  printTable(
    [
      { title: 'what changed since the last sync', align: 'left' },
      ...columns.map((title) => ({ title, align: 'right' as const })),
    ],
    [
      ...names.map((row) => {
        const most = wireCases.find(({ name }) => name === row.name)?.mostBytes ?? 0;
        return [...commonCells(row), '-', '-', formatCount(most), row.btsootBytes <= most ? 'yes' : 'NO'];
      }),
      ...deltas.map((row) => {
        const deltaCase = deltaCases.find(({ name }) => name === row.name);
        const { floorBytes } = row;
        return [
          ...commonCells(row),
          floorBytes === null ? '-' : formatCount(floorBytes),
          floorBytes === null ? '-' : `${(row.btsootBytes / floorBytes).toFixed(2)} x`,
          deltaCase === undefined ? '-' : describeTarget(deltaCase),
          row.misses.length === 0 ? 'yes' : 'NO',
        ];
      }),
    ],
  );
}

function commonCells({ name, btsootBytes, rsyncBytes }: NameRow): string[] {
  const ratio = rsyncBytes === null ? '-' : `${(rsyncBytes / btsootBytes).toFixed(1)} x`;
  return [name, formatCount(btsootBytes), rsyncBytes === null ? '-' : formatCount(rsyncBytes), ratio];
}

function printRemote(rows: readonly DeltaRow[]): void {
  const columns = ['read', 'written', 'from disk', 'to disk', 'peak memory'];
  printTable(
    [{ title: 'the remote agent meanwhile', align: 'left' }, ...columns.map((title) => ({ title, align: 'right' as const }))],
    rows.map(({ name, remote }) => [
      name,
      ...[remote.readBytes, remote.writtenBytes, remote.diskReadBytes, remote.diskWrittenBytes, remote.peakMemoryBytes].map(
        formatBytes,
      ),
    ]),
  );
  for (const { name, misses } of rows) for (const miss of misses) console.log(`missed: ${name}: ${miss}`);
}

function print(options: BenchOptions, names: readonly NameRow[], deltas: readonly DeltaRow[]): void {
  console.log('Bytes of TCP payload, both directions, connection set-up included.');
  console.log(rsyncMissing === false ? `${rsyncVersion()}, daemon, -az --delete, no encryption.` : `${rsyncMissing}.`);
  if (xdeltaMissing !== false) console.log(`${xdeltaMissing}.`);
  if (options.scale !== 1) console.log(`Scale ${options.scale}: the targets of the delta cases are meant for scale 1.`);
  console.log('');
  printBytes(names, deltas);
  if (deltas.length === 0) return;
  console.log('\nRead and written: all calls, whether disk, cache or socket.');
  printRemote(deltas);
}

const options = benchOptions();
await bench(async (cleanup) => {
  const wanted = ({ name }: { readonly name: string }): boolean => options.wants(name);
  const names = await within(cleanup, (own) => measureNames(own, wireCases.filter(wanted)));
  const deltas = await measureDeltas(cleanup, deltaCases.filter(wanted), options.scale);
  print(options, names, deltas);
  writeFigures(options, { unit: 'bytes', scale: options.scale, rows: [...names, ...deltas] });
});
