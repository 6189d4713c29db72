import assert from 'node:assert/strict';
import { chmodSync, existsSync, linkSync, lstatSync, readFileSync, renameSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { treeDifferences } from './harness/compare.js';
import { assertNoResidue, keepingAll } from './harness/keeping.js';
import { plainUser } from './harness/plain-user.js';
import { seeded } from './harness/random.js';
import { copyTree, dir, file, plant } from './harness/tree.js';
import { mustSucceed, mustSync, pairedWorld, syncAndCheck } from './harness/world.js';

/* A remote without root's rights, restores that were killed, a remote that is trusted and should not be, and times out of all reason. */

test('a plain user keeps folders and files that allow nobody anything, and gives them back as they were', {
  skip: plainUser.skip,
}, async (t) => {
  const world = await pairedWorld(t, {
    remoteUser: 'plain',
    plant: (tree) =>
      plant(
        tree,
        dir('closed', [file('inside', 'one'), dir('deeper', [file('x', 'y')], { mode: 0 })], { mode: 0 }),
        file('shut', 's', { mode: 0 }),
      ),
  });
  // What its owner needs to read it back, he keeps on the disk.
  const held = (line: string): boolean => /^"(closed|closed\/deeper|shut)": mode (0|100) against (500|400|500)$/.test(line);
  const differences = (): string[] => treeDifferences(world.tree, world.mirror, { owners: false }).filter((line) => !held(line));
  await mustSync(world);
  assert.deepEqual(differences(), []);
  await keepingAll(t, world, 'folders of mode 000 on a remote of a plain user', async () => {
    writeFileSync(join(world.tree, 'closed', 'inside'), 'two');
    plant(join(world.tree, 'closed', 'deeper'), file('new', 'new'));
    renameSync(join(world.tree, 'shut'), join(world.tree, 'closed', 'shut'));
    await mustSync(world);
    assert.deepEqual(
      differences().filter((line) => !line.startsWith('"closed/shut": mode')),
      [],
    );
    renameSync(join(world.tree, 'closed'), join(world.tree, 'moved'));
    await mustSync(world);
    assert.equal((await mustSync(world)).outcome.kind, 'unchanged');
    return 3;
  });
  const to = join(world.directory, 'restored');
  mustSucceed(await world.source.json('restore', 'photos', '--to', to));
  assert.deepEqual(treeDifferences(world.tree, to), []);
  assertNoResidue(world);
});

test('a remote of a plain user that may not write any more says so, and goes on when it may', {
  skip: plainUser.skip,
}, async (t) => {
  const world = await pairedWorld(t, {
    remoteUser: 'plain',
    plant: (tree) => plant(tree, file('a', '1'), dir('d', [file('b', '2')])),
  });
  await mustSync(world);
  const area = join(world.remote.root, '.btsoot', 'blocks', 'photos');
  await keepingAll(t, world, 'permission denied on the remote', async () => {
    writeFileSync(join(world.tree, 'd', 'b'), 'changed');
    chmodSync(join(area, 'staging'), 0o500);
    const run = await world.source.json('sync', 'photos', '--retries', '0');
    assert.ok(run.status === 1 || run.status === 4, run.output);
    assert.match(run.output, /EACCES|permission denied/i);
    chmodSync(join(area, 'staging'), 0o700);
    return 1;
  });
  await mustSync(world);
  assert.deepEqual(treeDifferences(world.tree, world.mirror, { owners: false }), []);
});

test('a restore that was killed leaves nothing that the next restore, or the next sync, would not clear away', async (t) => {
  const big = seeded(1).bytes(8_000_000);
  const world = await pairedWorld(t, {
    plant: (tree) => plant(tree, file('big', big), file('small', 'words'), dir('d', [file('e', 'f')])),
  });
  const { outcome } = await mustSync(world);
  const original = join(world.directory, 'original');
  copyTree(world.tree, original);
  writeFileSync(join(world.tree, 'big'), seeded(2).bytes(8_000_000));
  renameSync(join(world.tree, 'd'), join(world.tree, 'renamed'));
  await mustSync(world);
  await keepingAll(t, world, 'a restore is killed', async () => {
    const to = join(world.directory, 'elsewhere');
    for (const args of [['--to', to], []]) {
      const all = ['restore', 'photos', '--at', String(outcome.session), ...args];
      world.proxy.reset();
      const restore = world.source.start(...all);
      await world.proxy.reached(3_000_000);
      await restore.stop('SIGKILL');
      const place = args.length > 0 ? to : world.tree;
      if (args.length === 0) {
        await syncAndCheck(world);
        assert.equal(existsSync(join(world.mirror, '.btsoot-restore')), false, 'a working folder was mirrored');
      }
      mustSucceed(await world.source.json(...all, '--delete'));
      assert.equal(existsSync(join(place, '.btsoot-restore')), false);
      assert.deepEqual(treeDifferences(original, place), []);
    }
    return 2;
  });
});

test('a remote that is trusted, and whose disk a hand has changed, is looked at again once a step finds that out', async (t) => {
  const world = await pairedWorld(t, {
    plant: (tree) => plant(tree, file('a', '1'), file('b', '2'), dir('d', [file('c', '3')])),
  });
  world.source.configure('blocks.photos', 'drift', 'trust');
  await mustSync(world);
  writeFileSync(join(world.mirror, 'a'), 'by hand, and longer');
  writeFileSync(join(world.mirror, 'd', 'c'), 'by hand too');
  await keepingAll(t, world, 'hand edits that a trusting sync runs into', async () => {
    writeFileSync(join(world.tree, 'a'), 'on the source');
    const drifted = await world.source.json('sync', 'photos');
    assert.equal(drifted.status, 4, drifted.output);
    assert.match(drifted.output, /"kind":"drift"/);
    // The next one knows, and mends what no step has touched as well.
    await syncAndCheck(world);
    return 1;
  });
});

test('a time beyond 2255 is kept as the last that can be, and not sent again with every sync', async (t) => {
  const world = await pairedWorld(t, { plant: (tree) => plant(tree, file('late', 'x'), file('now', 'y')) });
  utimesSync(join(world.tree, 'late'), 12_000_000_000, 12_000_000_000);
  await mustSync(world);
  const differences = treeDifferences(world.tree, world.mirror);
  assert.deepEqual(
    differences.filter((line) => !line.startsWith('"late": modified at')),
    [],
  );
  assert.ok(lstatSync(join(world.mirror, 'late')).mtimeMs > 9_000_000_000_000);
  assert.equal((await mustSync(world)).outcome.kind, 'unchanged');
  writeFileSync(join(world.tree, 'late'), 'changed');
  utimesSync(join(world.tree, 'late'), 13_000_000_000, 13_000_000_000);
  await mustSync(world);
  assert.equal(readFileSync(join(world.mirror, 'late'), 'utf8'), 'changed');
});

test('a dry run of a restore to another folder does not make it', async (t) => {
  const world = await pairedWorld(t, { plant: (tree) => plant(tree, file('a', '1')) });
  await mustSync(world);
  const to = join(world.directory, 'not', 'made');
  const outcome = mustSucceed(await world.source.json('restore', 'photos', '--to', to, '--dry-run'));
  assert.equal(outcome.kind, 'planned');
  assert.equal(existsSync(join(world.directory, 'not')), false);
});

test('names that a hand has linked together on the remote come apart where their metadata differ', async (t) => {
  const world = await pairedWorld(t, {
    plant: (tree) => plant(tree, file('a', 'one content', { mtimeUs: 1_600_000_000_000_000 })),
  });
  await mustSync(world);
  linkSync(join(world.mirror, 'a'), join(world.mirror, 'b'));
  plant(world.tree, file('b', 'one content', { mtimeUs: 1_700_000_000_000_000, mode: 0o600 }));
  await syncAndCheck(world);
  assert.equal((await mustSync(world)).outcome.kind, 'unchanged');
});
