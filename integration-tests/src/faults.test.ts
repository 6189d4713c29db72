import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { seeded } from './harness/random.js';
import { dir, file, plant, plantCrowd } from './harness/tree.js';
import { assertMirrored, mustSync, pairedWorld, syncAndCheck, type World } from './harness/world.js';

/*
 * Whatever is cut off in the middle of a transfer, the next sync converges and leaves no residue.
 */

const cutAtBytes = 6_000_000;

/** Large and small files, enough to be cut in the middle of. */
async function worldToInterrupt(t: TestContext): Promise<World> {
  return pairedWorld(t, {
    plant: (tree) => {
      plantCrowd(tree, { folders: 4, filesPerFolder: 250, fileSizeBytes: 4_000 }, seeded(1));
      plant(tree, file('large', seeded(2).bytes(12_000_000)), dir('more', [file('other', seeded(3).bytes(5_000_000))]));
    },
  });
}

test('a cut link is taken up again by the same sync', async (t) => {
  const world = await worldToInterrupt(t);
  world.proxy.reset();
  const sync = world.source.start('sync', 'photos');
  await world.proxy.reached(cutAtBytes);
  world.proxy.cut();
  const finished = await sync.finished;
  assert.equal(finished.status, 0, `${finished.stdout}\n${finished.stderr}`);
  assertMirrored(world.tree, world.mirror);
  assertNoResidue(world);
});

test('a remote agent that was killed goes on where it was', async (t) => {
  const world = await worldToInterrupt(t);
  world.proxy.reset();
  const sync = world.source.start('sync', 'photos', '--retries', '0');
  await world.proxy.reached(cutAtBytes);
  await world.remote.stop('SIGKILL');
  assert.equal((await sync.finished).status, 5);
  await world.remote.serve();
  await syncAndCheck(world);
  assertNoResidue(world);
});

test('a sync that was killed is finished by the next', async (t) => {
  const world = await worldToInterrupt(t);
  world.proxy.reset();
  const sync = world.source.start('sync', 'photos');
  await world.proxy.reached(cutAtBytes);
  await sync.stop('SIGKILL');
  await syncAndCheck(world);
  assertNoResidue(world);
  assert.equal((await mustSync(world)).outcome.kind, 'unchanged');
});

test('a sync that was asked to stop says so, and the next one finishes it', async (t) => {
  const world = await worldToInterrupt(t);
  world.proxy.reset();
  const sync = world.source.start('sync', 'photos');
  await world.proxy.reached(cutAtBytes);
  const stopped = await sync.stop('SIGTERM');
  assert.notEqual(stopped.status, 0, `${stopped.stdout}\n${stopped.stderr}`);
  await syncAndCheck(world);
  assertNoResidue(world);
});

/** Nothing half written lies about beside the tree. */
function assertNoResidue(world: World): void {
  for (const folder of ['staging', 'stash']) {
    assert.deepEqual(readdirSync(join(world.remote.root, '.btsoot', 'blocks', 'photos', folder)), [], folder);
  }
}
