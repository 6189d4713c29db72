import assert from 'node:assert/strict';
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { treeDifferences } from './harness/compare.js';
import { compilerMissing } from './harness/failing-calls.js';
import { assertNoResidue, keepingAll } from './harness/keeping.js';
import { seeded } from './harness/random.js';
import { ShiftedClock } from './harness/shifted-clock.js';
import { copyTree, dir, file, plant } from './harness/tree.js';
import { mustSucceed, mustSync, pairedWorld, syncAndCheck, temporaryDirectory } from './harness/world.js';

/* Clocks that jump between syncs and within them, on one side or the other: a Pi has none of its own, and starts in the past. */

const day = 24 * 60 * 60;
/** Less than the retention of history: that time passes for it as for everybody. */
const jumps: readonly { source: number; remote: number }[] = [
  { source: 0, remote: -3 * 365 * day },
  { source: -20 * day, remote: 5 * day },
  { source: 20 * day, remote: -day },
  { source: 3_600, remote: 20 * day },
];

test('a clock that jumps between syncs and within them costs nothing but the order of times', {
  skip: compilerMissing,
}, async (t) => {
  const [near, far] = [ShiftedClock.compile(temporaryDirectory(t)), ShiftedClock.compile(temporaryDirectory(t))];
  const world = await pairedWorld(t, { plant: (tree) => plant(tree, file('a', '0'), dir('d0', [file('b', 'b')])) });
  // A certificate has its own dates: the remote's clock is not before the pairing while anybody connects for the first time.
  await mustSync(world);
  await world.remote.stop();
  await world.remote.serve({ environment: far.environment });
  world.source.environment = near.environment;
  const snapshots: { session: number; path: string }[] = [];
  await keepingAll(t, world, 'the clock jumps between and during syncs', async () => {
    for (const [round, { source, remote }] of jumps.entries()) {
      near.set(source);
      far.set(remote);
      writeFileSync(join(world.tree, 'a'), `round ${round}`);
      renameSync(join(world.tree, `d${round}`), join(world.tree, `d${round + 1}`));
      plant(world.tree, file(`large-${round}`, seeded(round + 1).bytes(2_000_000)));
      world.proxy.reset();
      const sync = world.source.json('sync', 'photos');
      await Promise.race([world.proxy.reached(500_000), sync]);
      near.set(0);
      far.set(-remote);
      const outcome = mustSucceed(await sync);
      assert.deepEqual(treeDifferences(world.tree, world.mirror), []);
      const path = join(world.directory, `round-${round}`);
      copyTree(world.tree, path);
      snapshots.push({ session: outcome.session, path });
    }
    return jumps.length;
  });
  far.set(0);
  await syncAndCheck(world);
  assertNoResidue(world);
  for (const { session, path } of snapshots.slice(0, 2)) {
    const to = join(world.directory, `restored-${session}`);
    mustSucceed(await world.source.json('restore', 'photos', '--at', String(session), '--to', to));
    assert.deepEqual(treeDifferences(path, to), []);
  }
});
