import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { treeDifferences } from './harness/compare.js';
import { compilerMissing, type FailingCall, FailingCalls } from './harness/failing-calls.js';
import { assertNoResidue, keepingAll } from './harness/keeping.js';
import { seeded } from './harness/random.js';
import { mountingMissing, SmallDisk } from './harness/small-disk.js';
import { dir, file, plant } from './harness/tree.js';
import { mustSucceed, mustSync, pairedWorld, syncAndCheck, temporaryDirectory, type World } from './harness/world.js';

/* Disks that answer with EIO, lose what they were to make durable, or become read-only. */

const MB = 1_000_000;

interface Failing extends World {
  readonly calls: FailingCalls;
}

/** Synced once; the remote agent and all that the source runs from now on are under the rule of `calls`. */
async function failingWorld(t: TestContext): Promise<Failing> {
  const calls = FailingCalls.compile(temporaryDirectory(t));
  const world = await pairedWorld(t, {
    plant: (tree) => plant(tree, file('good', 'one'), dir('d', [file('bad-one', seeded(1).bytes(400_000)), file('other', '1')])),
  });
  await mustSync(world);
  await world.remote.stop();
  await world.remote.serve({ environment: calls.environment });
  world.source.environment = calls.environment;
  return { ...world, calls };
}

test('a source file that the disk cannot read any more keeps its copy, and the others are synced', {
  skip: compilerMissing,
}, async (t) => {
  const world = await failingWorld(t);
  const bad = join(world.tree, 'd', 'bad-one');
  const old = readFileSync(join(world.mirror, 'd', 'bad-one'));
  await keepingAll(t, world, 'EIO where a source file is read, in the scan and when it is sent', async () => {
    for (const [round, before] of [[], ['scan', 'photos']].entries()) {
      writeFileSync(bad, seeded(10 + round).bytes(400_000));
      writeFileSync(join(world.tree, 'good'), `two ${round}`);
      // Where it was scanned before, the disk fails only when the file is to be sent.
      if (before.length > 0) await world.source.mustRun(...before);
      world.calls.fail('read', '/bad-one');
      const run = await world.source.json('sync', 'photos');
      assert.notEqual(world.calls.mend(), 1_000_000, 'no call failed');
      assert.equal(run.status, 4, run.output);
      assert.deepEqual(
        run.outcome?.problems.map(({ path }) => path),
        ['d/bad-one'],
      );
      assert.ok(readFileSync(join(world.mirror, 'd', 'bad-one')).equals(old));
      assert.equal(readFileSync(join(world.mirror, 'good'), 'utf8'), `two ${round}`);
    }
    return 2;
  });
  await syncAndCheck(world);
  assertNoResidue(world);
});

test('what the remote cannot read is missing from a restore, which says so, and nothing else is', {
  skip: compilerMissing,
}, async (t) => {
  const world = await failingWorld(t);
  const to = join(world.directory, 'restored');
  await keepingAll(t, world, 'EIO where a file of the mirror is read for a restore', async () => {
    world.calls.fail('read', 'photos/d/bad-one');
    const run = await world.source.json('restore', 'photos', '--to', to);
    assert.notEqual(world.calls.mend(), 1_000_000, 'no call failed');
    assert.equal(run.status, 4, run.output);
    assert.match(run.output, /bad-one/);
    assert.deepEqual(
      treeDifferences(world.tree, to).filter((line) => !/^"(d)?":/.test(line)),
      ['"d/bad-one": only on the left'],
    );
    return 1;
  });
  mustSucceed(await world.source.json('restore', 'photos', '--to', to));
  assert.deepEqual(treeDifferences(world.tree, to), []);
});

const places: readonly { call: FailingCall; part: string; count: number; where: string }[] = [
  { call: 'write', part: '/staging/', count: 1_000_000, where: 'a new file is written' },
  // Of a file system that has lost what it was to write, only the first sync tells: the next one has nothing left to write.
  { call: 'sync', part: '/staging', count: 2, where: 'a group is made durable, and the sync after that succeeds' },
  { call: 'sync', part: '/photos', count: 2, where: 'renames are made durable' },
  { call: 'write', part: 'manifest.db', count: 1_000_000, where: "the remote's manifest is written" },
  { call: 'sync', part: 'manifest.db', count: 1, where: "the remote's manifest is made durable" },
  { call: 'write', part: 'source.db', count: 1_000_000, where: "the source's manifest is written" },
  { call: 'sync', part: 'replica.db', count: 1, where: 'the replica is made durable' },
];

test('whatever cannot be written or made durable, the sync fails and the next one mends it', {
  skip: compilerMissing,
}, async (t) => {
  const world = await failingWorld(t);
  for (const [round, { call, part, count, where }] of places.entries()) {
    plant(world.tree, file(`new-${round}`, seeded(20 + round).bytes(5_000)));
    writeFileSync(join(world.tree, 'good'), `round ${round}`);
    renameSync(join(world.tree, `${round === 0 ? 'd' : `d${round - 1}`}`), join(world.tree, `d${round}`));
    await keepingAll(t, world, `EIO where ${where}`, async () => {
      world.calls.fail(call, part, count);
      const run = await world.source.json('sync', 'photos', '--retries', '0');
      assert.ok(world.calls.mend() < count, `${where}: no call failed`);
      // A disk that has lost a write for once may have been asked again by then.
      if (call === 'write') assert.ok(run.status === 1 || run.status === 4, `${where}: ${run.output}`);
      if (part === '/staging') assert.ok(!existsSync(join(world.mirror, `new-${round}`)), 'what may have been lost got its name');
      if (run.status === 0) assert.deepEqual(treeDifferences(world.tree, world.mirror), [], where);
      return 1;
    });
    await syncAndCheck(world);
    assertNoResidue(world);
  }
});

test('a disk that becomes read-only in mid-session stops the sync, and the next one after a remount goes on', {
  skip: mountingMissing,
}, async (t) => {
  const disk = SmallDisk.mount(t, 60 * MB);
  const world = await pairedWorld(t, {
    remoteRoot: join(disk.path, 'root'),
    plant: (tree) => plant(tree, file('old', 'old words')),
  });
  await mustSync(world);
  plant(world.tree, file('large', seeded(3).bytes(8 * MB)), file('small', 'x'));
  writeFileSync(join(world.tree, 'old'), 'new words');
  await keepingAll(t, world, "the remote's disk becomes read-only in mid-session", async () => {
    world.proxy.reset();
    const sync = world.source.json('sync', 'photos', '--retries', '0');
    await world.proxy.reached(2 * MB);
    // What ext4 does by itself when its disk fails.
    execFileSync('mount', ['-o', 'remount,abort', disk.path]);
    const run = await sync;
    assert.ok(run.status === 1 || run.status === 4, run.output);
    assert.match(run.output, /EROFS|read-only|EIO|readonly|disk I\/O error/i);
    const again = await world.source.json('sync', 'photos', '--retries', '0');
    assert.equal(again.status, 1, again.output);
    return 2;
  });
  await world.remote.stop();
  disk.unmount();
  disk.mount();
  await world.remote.serve();
  await syncAndCheck(world);
  assertNoResidue(world);
  assert.ok(existsSync(join(world.mirror, 'large')));
});
