import assert from 'node:assert/strict';
import { lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { TreePath } from '@btsoot/shared/model/bytes.js';
import { Cleanup } from './harness/cleanup.js';
import { seeded } from './harness/random.js';
import { withManifest } from './harness/rot.js';
import { noDisks, noSharing, RottenDisk } from './harness/rotten-disk.js';
import { rsyncDifferences, rsyncMissing } from './harness/rsync.js';
import { dir, file, plant } from './harness/tree.js';
import { found, verified } from './harness/verification.js';
import { assertMirrored, pairedWorld, temporaryDirectory } from './harness/world.js';

/* A disk that gives back other bytes than it was given, and the file system none the wiser. */

const MARK = Buffer.from('-- here it rots --');

function bytesThatRot(seed: number): Buffer {
  return Buffer.concat([seeded(seed).bytes(300_000), MARK, seeded(seed + 1).bytes(100_000)]);
}

const statOf = (path: string) => {
  const { mtimeNs, ctimeNs, size, ino } = lstatSync(path, { bigint: true });
  return { mtimeNs, ctimeNs, size, ino };
};

/** Unmounted before its folder goes. */
function diskFor(t: TestContext, sizeMiB: number, kind: 'ext4' | 'xfs' = 'ext4'): RottenDisk {
  const cleanup = Cleanup.within(t);
  return new RottenDisk(cleanup, temporaryDirectory(cleanup), sizeMiB * 1024 ** 2, kind);
}

test("the mirror's disk rots: found by a full check and by a scrub, and mended", { skip: noDisks }, async (t) => {
  const world = await pairedWorld(t, {
    plant: (tree) => plant(tree, file('victim', bytesThatRot(1)), dir('d', [file('other', seeded(5).bytes(50_000))])),
  });
  const disk = diskFor(t, 48);
  const target = join(disk.mount, 'root');
  mkdirSync(target);
  await world.source.mustRun('add', 'disk', world.tree, join(target, 'photos'));
  const mirror = join(target, 'photos');
  const rot = (): void => {
    const before = statOf(join(mirror, 'victim'));
    disk.detach();
    assert.ok(disk.rotAfter(MARK) >= 1);
    disk.attach();
    assert.deepEqual(statOf(join(mirror, 'victim')), before);
  };
  await world.source.mustRun('sync', 'disk');

  rot();
  const quick = await world.source.json('sync', 'disk');
  assert.equal(quick.outcome?.kind, 'unchanged', 'no stat tells');
  assert.notDeepEqual(readFileSync(join(mirror, 'victim')), readFileSync(join(world.tree, 'victim')));
  const full = await world.source.json('sync', 'disk', '--drift', 'full');
  assert.deepEqual(
    full.outcome?.drift.paths.map(({ path, how }) => `${how} ${path}`),
    ['damaged victim'],
    full.output,
  );
  assertMirrored(world.tree, mirror);

  rot();
  const repaired = verified(await world.source.json('verify', 'disk', '--repair'), 0);
  assert.equal(repaired.kind, 'repaired');
  // What the first repair has put aside, which rots a second time, is known to be no good already.
  assert.deepEqual(found(repaired), ['remote rotten victim 0']);
  assertMirrored(world.tree, mirror);
});

test('two mirrored files share the blocks that rot: one is not mended from the other', { skip: noSharing }, async (t) => {
  const bytes = bytesThatRot(11);
  const world = await pairedWorld(t, { plant: (tree) => plant(tree, file('victim', bytes), file('clone', bytes)) });
  const disk = diskFor(t, 320, 'xfs');
  const target = join(disk.mount, 'root');
  mkdirSync(target);
  await world.source.mustRun('add', 'shared', world.tree, join(target, 'photos'));
  const mirror = join(target, 'photos');
  await world.source.mustRun('sync', 'shared');
  disk.detach();
  assert.equal(disk.rotAfter(MARK), 1, 'the bytes are there once');
  disk.attach();
  // As far as a check has come that is stopped between the two.
  const manifest = join(target, '.btsoot/blocks/photos/manifest.db');
  withManifest(manifest, (open) => open.damages.mark(open.lookup('victim' as TreePath)?.id ?? 0, 'rotten', 1));
  const sync = await world.source.json('sync', 'shared');
  assert.equal(sync.status, 0, sync.output);
  assert.ok(readFileSync(join(mirror, 'victim')).equals(bytes));
  // What the copy was to be made of is looked at again.
  const next = await world.source.json('sync', 'shared');
  assert.deepEqual(
    next.outcome?.drift.paths.map(({ path, how }) => `${how} ${path}`),
    ['edited clone'],
    next.output,
  );
  assertMirrored(world.tree, mirror);
});

test('two files of the source are alike, and one rots before it was ever sent: the good one is mirrored', {
  skip: noDisks,
}, async (t) => {
  const world = await pairedWorld(t);
  const disk = diskFor(t, 24);
  const tree = join(disk.mount, 'photos');
  mkdirSync(tree);
  const good = bytesThatRot(13);
  for (const name of ['one', 'two']) writeFileSync(join(tree, name), good);
  await world.source.mustRun('add', 'alike', tree, 'pi:alike');
  // Until their times are too old to be doubted.
  while (!(await world.source.run('scan', 'alike')).stdout.includes('none of them read'));
  disk.detach();
  assert.equal(disk.rotAfter(MARK, 1), 1);
  disk.attach();
  const rotten = ['one', 'two'].filter((name) => !readFileSync(join(tree, name)).equals(good));
  assert.equal(rotten.length, 1);
  const sync = await world.source.json('sync', 'alike');
  assert.equal(sync.status, 4, sync.output);
  assert.deepEqual(
    sync.outcome?.problems.map(({ path, kind }) => `${kind} ${path}`),
    [`damaged ${rotten[0]}`],
    sync.output,
  );
  const mirror = join(world.remote.root, 'alike');
  assert.deepEqual(readdirSync(mirror), rotten[0] === 'one' ? ['two'] : ['one']);
  assert.ok(readFileSync(join(mirror, readdirSync(mirror)[0] ?? '')).equals(good));
});

test("the source's disk rots: never sent, and mended from the mirror", { skip: noDisks }, async (t) => {
  const world = await pairedWorld(t);
  const disk = diskFor(t, 24);
  const tree = join(disk.mount, 'photos');
  mkdirSync(tree);
  const good = bytesThatRot(9);
  writeFileSync(join(tree, 'victim'), good);
  writeFileSync(join(tree, 'other'), 'other');
  await world.source.mustRun('add', 'rots', tree, 'pi:rots');
  const mirror = join(world.remote.root, 'rots');
  await world.source.mustRun('sync', 'rots');

  disk.detach();
  assert.equal(disk.rotAfter(MARK), 1);
  disk.attach();
  assert.equal((await world.source.json('sync', 'rots')).outcome?.kind, 'unchanged');
  assert.deepEqual(found(verified(await world.source.json('verify', 'rots', '--source'), 4)), ['source rotten victim 0']);
  assert.equal((await world.source.json('sync', 'rots')).status, 4);
  assert.ok(readFileSync(join(mirror, 'victim')).equals(good));
  assert.equal(verified(await world.source.json('verify', 'rots', '--repair'), 0).kind, 'repaired');
  assert.ok(readFileSync(join(tree, 'victim')).equals(good));
  rmSync(join(tree, '.btsoot-damaged'), { recursive: true });
  await world.source.mustRun('sync', 'rots');
  assert.deepEqual(rsyncMissing === false ? rsyncDifferences(tree, mirror) : [], []);
});
