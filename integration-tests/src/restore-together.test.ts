import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { seeded } from './harness/random.js';
import { dir, file, plant } from './harness/tree.js';
import { assertMirrored, mustSucceed, mustSync, pairedWorld, type World } from './harness/world.js';

const bigBytes = 24_000_000;

/** A source with two mirrors, one of which is on a disk of its own machine. */
async function twiceMirrored(t: TestContext): Promise<World & { disk: string }> {
  const world = await pairedWorld(t, {
    plant: (tree) =>
      plant(tree, dir('2019', [file('big', seeded(1).bytes(bigBytes)), file('small', 'small')]), file('note', 'words')),
  });
  await mustSync(world);
  const disk = join(world.directory, 'usb');
  mkdirSync(disk);
  await world.source.mustRun('add', 'again', world.tree, join(disk, 'photos'));
  mustSucceed(await world.source.json('sync', 'again'));
  return { ...world, disk };
}

test('another block of the same source lets a restore that goes on alone', async (t) => {
  const { source, proxy, tree, mirror, disk } = await twiceMirrored(t);
  rmSync(join(tree, '2019'), { recursive: true });
  proxy.reset();
  const restore = source.json('restore', 'photos');
  await proxy.reached(bigBytes / 2);
  proxy.hold();
  assert.ok(existsSync(join(tree, '.btsoot-restore')));

  const sync = await source.json('sync', 'again', '--retries', '0');
  assert.equal(sync.status, 1, sync.output);
  assert.match(sync.output, /"kind":"busy"/);
  const other = await source.json('restore', 'again', '--retries', '0');
  assert.equal(other.status, 1, other.output);
  assert.match(other.output, /"kind":"busy"/);

  proxy.release();
  mustSucceed(await restore);
  assertMirrored(mirror, tree);
  mustSucceed(await source.json('sync', 'again'));
  assertMirrored(tree, join(disk, 'photos'));
});

test('another block of the same source ends what a restore that was killed has left', async (t) => {
  const { source, proxy, tree, disk } = await twiceMirrored(t);
  rmSync(join(tree, '2019'), { recursive: true });
  proxy.reset();
  const restore = source.start('restore', 'photos');
  await proxy.reached(bigBytes / 2);
  await restore.stop('SIGKILL');
  assert.ok(existsSync(join(tree, '.btsoot-restore')));

  mustSucceed(await source.json('sync', 'again'));
  assert.deepEqual(readdirSync(tree), ['note']);
  assertMirrored(tree, join(disk, 'photos'));
});
