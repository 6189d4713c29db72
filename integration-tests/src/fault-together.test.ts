import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { treeDifferences } from './harness/compare.js';
import { assertNoResidue, keepingAll } from './harness/keeping.js';
import { mountingMissing, SmallDisk } from './harness/small-disk.js';
import { SourceAgent } from './harness/source-agent.js';
import { dir, file, plant } from './harness/tree.js';
import { mustSync, pairedWorld, syncAndCheck } from './harness/world.js';

/* More than one at a time where only one may be, and a disk that goes and comes back under a remote that serves it. */

const MB = 1_000_000;

test('two syncs of one block at once: both end well, one after the other or one of them as busy', async (t) => {
  const world = await pairedWorld(t, { plant: (tree) => plant(tree, file('a', '1'), dir('d', [file('b', '2')])) });
  await mustSync(world);
  await keepingAll(t, world, 'four syncs of one block at once', async () => {
    writeFileSync(join(world.tree, 'a'), 'changed');
    const runs = await Promise.all([0, 1, 2, 3].map(() => world.source.json('sync', 'photos', '--retries', '0')));
    for (const run of runs) assert.ok(run.status === 0 || /"kind":"busy"/.test(run.output), run.output);
    assert.ok(runs.some(({ status }) => status === 0));
    return runs.length;
  });
  await syncAndCheck(world);
  assertNoResidue(world);
});

test('two sources with blocks of one folder: the guard holds the second up, and nothing of the first is lost', async (t) => {
  const names = Array.from({ length: 12 }, (_, index) => file(`file-${index}`, `of the first, ${index}`));
  const world = await pairedWorld(t, { plant: (tree) => plant(tree, ...names) });
  await mustSync(world);
  const other = new SourceAgent(join(world.directory, 'other-home'));
  const tree = join(world.directory, 'other-tree');
  mkdirSync(tree);
  plant(tree, file('mine', 'of the second'));
  await other.pair(await world.remote.pair(), 'other');
  other.reachRemoteBy(world.proxy.port);
  await other.mustRun('add', 'photos', tree, 'pi:photos');
  await keepingAll(t, world, 'two sources mirror to one folder', async () => {
    const [first, second] = await Promise.all([
      world.source.json('sync', 'photos', '--retries', '0'),
      other.json('sync', 'photos', '--retries', '0'),
    ]);
    assert.ok(first.status === 0 || /"kind":"busy"/.test(first.output), first.output);
    assert.ok(second.status === 3 || /"kind":"busy"/.test(second.output), second.output);
    const refused = await other.json('sync', 'photos');
    assert.equal(refused.status, 3, refused.output);
    const accepted = await other.json('sync', 'photos', '--accept', refused.outcome?.plan?.digest ?? '');
    assert.equal(accepted.status, 0, accepted.output);
    assert.deepEqual(treeDifferences(tree, world.mirror), []);
    return 4;
  });
  const back = await world.source.json('sync', 'photos');
  assert.equal(back.status, 0, back.output);
  assert.deepEqual(treeDifferences(world.tree, world.mirror), []);
});

test('one source cannot add two blocks to one target', async (t) => {
  const world = await pairedWorld(t, { plant: (tree) => plant(tree, file('a', '1')) });
  const tree = join(world.directory, 'second');
  mkdirSync(tree);
  const run = await world.source.run('add', 'second', tree, 'pi:photos');
  assert.notEqual(run.status, 0);
  assert.match(run.stderr, /mirrors to pi:photos already/);
});

test('a disk that was pulled out from under the remote costs nothing, and is used again when it is back', {
  skip: mountingMissing,
}, async (t) => {
  const disk = SmallDisk.mount(t, 60 * MB);
  const world = await pairedWorld(t, {
    remoteRoot: join(disk.path, 'root'),
    plant: (tree) => plant(tree, file('a', '1'), dir('d', [file('b', '2')])),
  });
  await mustSync(world);
  const missing: string[] = [];
  await keepingAll(t, world, "the remote's disk is unmounted under it", async () => {
    disk.unmount();
    writeFileSync(join(world.tree, 'a'), 'changed while it was gone');
    for (let tries = 0; tries < 2; tries += 1) {
      const run = await world.source.json('sync', 'photos', '--retries', '0');
      // The disk that was open still can be written to; whoever has let go of it must not take the mount point for it.
      if (run.status !== 0) assert.ok(run.status === 1 || run.status === 3 || run.status === 5, run.output);
    }
    missing.push(...readdirSync(disk.path));
    disk.mount();
    return 2;
  });
  assert.deepEqual(missing, [], 'something was written to the mount point of a disk that is not there');
  await world.remote.stop();
  await world.remote.serve();
  await syncAndCheck(world);
  assertNoResidue(world);
  assert.ok(existsSync(join(world.mirror, 'd', 'b')));
});
