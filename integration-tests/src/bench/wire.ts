import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Cleanup } from '../harness/cleanup.js';
import { treeDifferences } from '../harness/compare.js';
import { rsyncDifferences, rsyncMissing } from '../harness/rsync.js';
import { formatCount, printTable } from '../harness/table.js';
import { blockNames, syncBlock, wireCases, wireWorld } from '../harness/wire-cases.js';
import { RsyncDaemon, rsyncVersion } from './rsync-daemon.js';

/*
 * Bytes on the wire of BTSOOT and of an rsync daemon for the same changes to the same trees, each through the same
 * counting proxy. `npm run bench:wire [-- FILE.json]` prints a table, and JSON to the file or to stdout.
 */

interface Row {
  readonly name: string;
  readonly btsootBytes: number;
  /** Null where rsync is not installed. */
  readonly rsyncBytes: number | null;
}

/** A figure of a mirror that is wrong would say nothing: in the end both are compared with their source. */
async function measure(cleanup: Cleanup): Promise<Row[]> {
  const world = await wireWorld(cleanup);
  const rsync = rsyncMissing === false ? await RsyncDaemon.start(cleanup, world.directory) : null;
  for (const name of blockNames) await rsync?.mirror(world.trees[name], name);
  const rows: Row[] = [];
  for (const { name, block, change } of wireCases) {
    change(world.trees[block]);
    const { wireBytes } = await syncBlock(world, block);
    rows.push({ name, btsootBytes: wireBytes, rsyncBytes: (await rsync?.mirror(world.trees[block], block)) ?? null });
  }
  for (const name of blockNames) {
    assert.deepEqual(treeDifferences(world.trees[name], join(world.remote.root, name)), []);
    if (rsync !== null) assert.deepEqual(rsyncDifferences(world.trees[name], rsync.mirrorOf(name)), []);
  }
  return rows;
}

function print(rows: readonly Row[]): void {
  const columns = [
    { title: 'what changed since the last sync', align: 'left' },
    { title: 'BTSOOT', align: 'right' },
    { title: 'rsync', align: 'right' },
    { title: 'rsync / BTSOOT', align: 'right' },
  ] as const;
  printTable(
    columns,
    rows.map(({ name, btsootBytes, rsyncBytes }) => [
      name,
      formatCount(btsootBytes),
      rsyncBytes === null ? '-' : formatCount(rsyncBytes),
      rsyncBytes === null ? '-' : `${(rsyncBytes / btsootBytes).toFixed(1)} x`,
    ]),
  );
}

const cleanup = new Cleanup();
try {
  const rows = await measure(cleanup);
  console.log('Bytes of TCP payload, both directions, connection set-up included.');
  console.log(rsyncMissing === false ? `${rsyncVersion()}, daemon, -a --delete, no encryption.\n` : `${rsyncMissing}.\n`);
  print(rows);
  const json = JSON.stringify({ unit: 'bytes', rows }, null, 2);
  const file = process.argv[2];
  if (file === undefined) console.log(`\n${json}`);
  else writeFileSync(file, `${json}\n`);
} finally {
  await cleanup.run();
}
