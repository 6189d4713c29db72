import assert from 'node:assert/strict';
import { existsSync, linkSync, lstatSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { rot, sourceOf } from './harness/rot.js';
import { verified } from './harness/verification.js';
import { syncedWorld, verify } from './harness/verified-world.js';
import { assertMirrored, type World } from './harness/world.js';

/* A whole restore over a source that has damaged files in it, in places where they were not: all of it comes back, and the
   damaged bytes are kept, no others. */

const keptIn = (world: World): string[] => readdirSync(join(world.tree, '.btsoot-damaged')).sort();
const kept = (world: World, name: string): Buffer => readFileSync(join(world.tree, '.btsoot-damaged', name));

/** Damages a file of the source, which the next verification finds. */
async function damage(world: World, path: string): Promise<Buffer> {
  rot(sourceOf(world), path);
  verified(await verify(world, '--source'), 4);
  return readFileSync(join(world.tree, path));
}

async function restoreAll(world: World, ...args: readonly string[]): Promise<void> {
  const restore = await world.source.json('restore', 'photos', '--delete', ...args);
  assert.deepEqual([restore.status, restore.outcome?.problems], [0, []], restore.output);
}

/** What is put by is not mirrored; the rest is. */
async function assertMended(world: World): Promise<void> {
  rmSync(join(world.tree, '.btsoot-damaged'), { recursive: true });
  await world.source.mustRun('sync', 'photos');
  assertMirrored(world.tree, world.mirror);
}

test('a damaged file in a folder that was renamed', async (t) => {
  const world = await syncedWorld(t);
  const rotten = await damage(world, 'd/deep');
  renameSync(join(world.tree, 'd'), join(world.tree, 'renamed'));
  await restoreAll(world);
  assert.equal(readFileSync(join(world.tree, 'd/deep'), 'utf8'), 'deep');
  assert.deepEqual(keptIn(world), ['1-deep']);
  assert.ok(kept(world, '1-deep').equals(rotten));
  await assertMended(world);
});

test('a damaged file whose name was swapped with another one', async (t) => {
  const world = await syncedWorld(t);
  const good = readFileSync(join(world.tree, 'good'));
  const rotten = await damage(world, 'bad');
  renameSync(join(world.tree, 'bad'), join(world.tree, 'aside'));
  renameSync(join(world.tree, 'good'), join(world.tree, 'bad'));
  renameSync(join(world.tree, 'aside'), join(world.tree, 'good'));
  await restoreAll(world);
  assert.ok(readFileSync(join(world.tree, 'good')).equals(good));
  assert.equal(keptIn(world).length, 1);
  assert.ok(kept(world, keptIn(world)[0] ?? '').equals(rotten));
  await assertMended(world);
});

test('a damaged file of several names stays one file, and is kept once', async (t) => {
  const world = await syncedWorld(t);
  for (const name of ['a', 'c']) linkSync(join(world.tree, 'bad'), join(world.tree, name));
  await world.source.mustRun('sync', 'photos');
  const rotten = await damage(world, 'bad');
  linkSync(join(world.tree, 'bad'), join(world.tree, 'z'));
  await restoreAll(world, '--force');
  assert.deepEqual(keptIn(world).length, 1);
  assert.ok(kept(world, keptIn(world)[0] ?? '').equals(rotten));
  const inodes = ['a', 'bad', 'c'].map((name) => lstatSync(join(world.tree, name)).ino);
  assert.equal(new Set(inodes).size, 1, 'its names are those of one file');
  assert.equal(existsSync(join(world.tree, 'z')), false);
  await assertMended(world);
});

test('what cannot be kept aside is left as it is, and told; --force gives it up', async (t) => {
  const world = await syncedWorld(t);
  const rotten = await damage(world, 'bad');
  rmSync(join(world.tree, 'good'));
  writeFileSync(join(world.tree, '.btsoot-damaged'), 'in the way');
  const restore = await world.source.json('restore', 'photos');
  assert.equal(restore.status, 4, restore.output);
  assert.deepEqual(
    restore.outcome?.problems.filter(({ kind }) => kind !== 'damaged').map(({ path, kind }) => `${kind} ${path}`),
    ['failed bad'],
    restore.output,
  );
  assert.match(restore.output, /could not be kept aside .*EEXIST.*--force/);
  assert.ok(readFileSync(join(world.tree, 'bad')).equals(rotten));
  assert.ok(existsSync(join(world.tree, 'good')), 'the rest is restored');

  const forced = await world.source.json('restore', 'photos', '--force');
  assert.equal(forced.status, 0, forced.output);
  assert.ok(readFileSync(join(world.tree, 'bad')).equals(readFileSync(join(world.mirror, 'bad'))));
});
