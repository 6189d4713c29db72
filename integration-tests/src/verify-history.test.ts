import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { media } from './harness/data.js';
import { overwrite, plantFile } from './harness/planting.js';
import { blockFile, flipByte, mirrorOf, rot, rotHistory } from './harness/rot.js';
import { copyTree } from './harness/tree.js';
import { found, verified } from './harness/verification.js';
import { offline, syncedWorld, verify } from './harness/verified-world.js';
import { assertMirrored, mustSync, pairedWorld, syncAndCheck } from './harness/world.js';

/* Rot in what history holds, and in what it is read through. */

test('rot in history is found by its path, and not given back', async (t) => {
  const world = await syncedWorld(t);
  writeFileSync(join(world.tree, 'bad'), 'second');
  rmSync(join(world.tree, 'd'), { recursive: true });
  await syncAndCheck(world);
  const slot = readdirSync(blockFile(world, 'history')).find((name) => !existsSync(blockFile(world, 'history', name, 'deep')));
  await offline(world, () => rotHistory(world, slot ?? '', 11));
  flipByte(blockFile(world, 'history', readdirSync(blockFile(world, 'history')).find((name) => name !== slot) ?? '', 'deep'), 1);
  const damaged = verified(await verify(world, '--remote'), 4);
  assert.deepEqual(found(damaged), ['remote rotten bad 2', 'remote rotten d/deep 2']);
  assert.deepEqual([damaged.remote?.damaged, damaged.remote?.damagedInHistory], [0, 2]);
  const to = join(world.directory, 'then');
  const restore = await world.source.json('restore', 'photos', '--at', '1', '--to', to);
  assert.equal(restore.status, 4, restore.output);
  assert.deepEqual(readdirSync(to), ['d', 'good']);
  assert.deepEqual(readdirSync(join(to, 'd')), []);
  assert.equal((await syncAndCheck(world)).outcome.kind, 'unchanged');
});

test('rot in a file that was patched in place, and in its undo file', async (t) => {
  const sizeBytes = 33 * 1024 ** 2;
  const world = await pairedWorld(t, { plant: (tree) => plantFile(join(tree, 'image'), sizeBytes, media(1)) });
  await mustSync(world);
  const original = join(world.directory, 'original');
  copyTree(world.tree, original);
  overwrite(join(world.tree, 'image'), 1_000_000, media(2)(10_000));
  await mustSync(world);
  const undo = readdirSync(blockFile(world, 'history')).find((name) => name.endsWith('.undo'));
  if (undo === undefined) {
    t.skip('this file system has reflinks: nothing is patched in place');
    return;
  }
  // A chunk that the patch has not touched.
  await offline(world, () => rot(mirrorOf(world), 'image', 25_000_000));
  assert.deepEqual(found(verified(await verify(world, '--remote', '--repair'), 0)), [
    'remote lost image 2',
    'remote rotten image 0',
  ]);
  assertMirrored(world.tree, world.mirror);
  const to = join(world.directory, 'then');
  assert.equal((await world.source.json('restore', 'photos', '--at', '1', '--to', to)).status, 0);
  assert.ok(readFileSync(join(to, 'image')).equals(readFileSync(join(original, 'image'))), 'the old version can be read again');

  await offline(world, () => rotHistory(world, undo, 100));
  assert.deepEqual(found(verified(await verify(world, '--remote'), 4)), ['remote rotten image 2']);
  assertMirrored(world.tree, world.mirror);
});
