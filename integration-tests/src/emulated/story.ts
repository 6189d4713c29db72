import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { treeDifferences } from '../harness/compare.js';
import type { Place } from '../harness/place.js';
import { seeded } from '../harness/random.js';
import { RemoteAgent } from '../harness/remote-agent.js';
import { mirrorOf, rot } from '../harness/rot.js';
import { file, plant } from '../harness/tree.js';
import { verified } from '../harness/verification.js';
import { assertMirrored, mustSync, syncAndCheck, type World } from '../harness/world.js';
import { LARGE_BYTES, plantHoles } from './tree.js';

/*
 * What a remote goes through, step by step. Each step begins where the last one has ended.
 */

/** All of what crosses is that something was renamed, connection set-up included. */
const RENAME_BYTES_MAX = 8_000;
const EDIT_BYTES_MAX = 20_000;
/** Beyond what 32 bits count with a sign. */
const HUGE_BYTES = 2 ** 31 + 1_000_000;

/** What was just mirrored is what the remote sees on its disk, times included. */
export async function findGood(world: World): Promise<void> {
  const { kind, drift } = (await mustSync(world)).outcome;
  assert.deepEqual([kind, drift.drifted, drift.paths], ['unchanged', 0, []]);
  assert.equal(verified(await world.source.json('verify', 'photos', '--remote'), 0).kind, 'good');
}

export async function moveFolder(world: World): Promise<void> {
  mkdirSync(join(world.tree, 'moved'));
  await syncAndCheck(world);
  renameSync(join(world.tree, 'folder-0003'), join(world.tree, 'moved', 'elsewhere'));
  const { outcome, wireBytes } = await syncAndCheck(world);
  assert.equal(outcome.plan?.summary['move'], 1);
  assert.ok(wireBytes < RENAME_BYTES_MAX, `${wireBytes} bytes crossed`);
}

export async function editLargeFile(world: World): Promise<void> {
  const descriptor = openSync(join(world.tree, 'large'), 'r+');
  writeSync(descriptor, 'a few other bytes', LARGE_BYTES / 2);
  closeSync(descriptor);
  const { wireBytes } = await syncAndCheck(world);
  assert.ok(wireBytes < EDIT_BYTES_MAX, `${wireBytes} bytes crossed`);
}

/** What was removed comes back from history, and all the rest as it was then. */
export async function removeAndRestore(world: World): Promise<void> {
  plant(world.tree, file('noted', 'and then'));
  const { session } = (await mustSync(world)).outcome;
  const before = join(world.directory, 'before');
  execFileSync('cp', ['-a', world.tree, before]);
  rmSync(join(world.tree, 'names'), { recursive: true });
  rmSync(join(world.tree, 'holes'));
  assert.ok((await syncAndCheck(world)).outcome.session > session);
  const restored = join(world.directory, 'restored');
  await world.source.mustRun('restore', 'photos', '--to', restored, '--at', String(session));
  assert.deepEqual(treeDifferences(before, restored, { roots: false }), []);
  for (const folder of [before, restored]) rmSync(folder, { recursive: true });
}

export async function killAmidSync(world: World): Promise<void> {
  plant(world.tree, file('arriving', seeded(2).bytes(20_000_000)));
  world.proxy.reset();
  const sync = world.source.start('sync', 'photos', '--retries', '0');
  await world.proxy.reached(8_000_000);
  await world.remote.stop('SIGKILL');
  assert.equal((await sync.finished).status, 5);
  await world.remote.serve();
  await syncAndCheck(world);
}

export async function holdHugeFile(world: World): Promise<void> {
  const huge = join(world.tree, 'huge');
  plantHoles(huge, HUGE_BYTES);
  await mustSync(world);
  execFileSync('cmp', [huge, join(world.mirror, 'huge')]);
}

/** Stops the remote, and goes on with it as it is there, with a file whose bytes have rotted. */
export async function findRot(world: World, place: Place): Promise<void> {
  await world.remote.stop('SIGTERM');
  rot(mirrorOf(world), 'folder-0001/file-00007.bin', 100);
  const remote = await RemoteAgent.at(world.remote.root, join(world.directory, 'pi-home'), place);
  await remote.serve();
  try {
    world.source.reachRemoteBy(remote.port);
    const { remote: side, findings } = verified(await world.source.json('verify', 'photos', '--remote'), 4);
    assert.deepEqual(
      findings.map(({ kind, path }) => [kind, path]),
      [['rotten', 'folder-0001/file-00007.bin']],
    );
    assert.deepEqual([side?.damaged, side?.damagedInHistory], [1, 0]);
    renameSync(join(world.tree, 'folder-0002'), join(world.tree, 'folder-again'));
    plant(world.tree, file('one more', 'after all'));
    rmSync(join(world.tree, 'huge'), { force: true });
    await world.source.mustRun('sync', 'photos');
    assertMirrored(world.tree, world.mirror);
  } finally {
    await remote.stop('SIGTERM');
  }
}
