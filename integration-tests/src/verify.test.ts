import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { blockFile, mirrorOf, rot, sourceOf } from './harness/rot.js';
import { copyTree, file, plant } from './harness/tree.js';
import { found, verified } from './harness/verification.js';
import { long, offline, syncedWorld, verify } from './harness/verified-world.js';
import { assertMirrored, mustSync, syncAndCheck } from './harness/world.js';

/* Rot on either side, in the tree and in history: found, never spread, mended from the other side. */

test('rot in the mirror is found, and mended by the next sync or a repair with just what is damaged', async (t) => {
  const world = await syncedWorld(t);
  const good = verified(await verify(world), 0);
  assert.equal(good.kind, 'good');
  assert.deepEqual([good.source?.files, good.remote?.files], [3, 3]);

  await offline(world, () => rot(mirrorOf(world), 'bad', 7));
  const rotten = readFileSync(join(world.mirror, 'bad'));
  const restore = await world.source.json('restore', 'photos', 'bad', '--to', join(world.directory, 'elsewhere'));
  assert.equal(restore.status, 4, restore.output);
  assert.match(restore.outcome?.problems[0]?.message ?? '', /what the remote holds of it is damaged/);
  const damaged = verified(await verify(world, '--remote'), 4);
  assert.deepEqual(found(damaged), ['remote rotten bad 0']);
  assert.equal(damaged.source, null);
  assert.deepEqual(found(verified(await verify(world, '--remote'), 4)), ['remote rotten bad 0'], 'what is known is told again');
  const { outcome } = await syncAndCheck(world);
  assert.equal(outcome.steps, 1);
  assert.deepEqual(
    outcome.drift.paths.map(({ path, how }) => `${how} ${path}`),
    ['damaged bad'],
  );
  assert.ok(
    readdirSync(blockFile(world, 'history')).some((name) => readFileSync(blockFile(world, 'history', name)).equals(rotten)),
  );

  await offline(world, () => rot(mirrorOf(world), 'd/deep'));
  const run = await verify(world, '--repair');
  const repaired = verified(run, 0);
  assert.equal(repaired.kind, 'repaired');
  assert.deepEqual(found(repaired), ['remote rotten d/deep 0']);
  assert.deepEqual(
    run.events.filter((event) => event['kind'] === 'planned').map((event) => event['steps']),
    [1],
  );
  assertMirrored(world.tree, world.mirror);
  assert.equal(verified(await verify(world), 0).kind, 'good');
});

test('rot on the source is not spread, is told by each sync, and mended from the remote', async (t) => {
  const world = await syncedWorld(t);
  const original = join(world.directory, 'original');
  copyTree(world.tree, original);
  rot(sourceOf(world), 'bad', 7);
  const rotten = readFileSync(join(world.tree, 'bad'));
  assert.deepEqual(found(verified(await verify(world, '--source'), 4)), ['source rotten bad 0']);

  writeFileSync(join(world.tree, 'new'), 'goes on');
  for (const args of [[], ['--drift', 'full']]) {
    const sync = await world.source.json('sync', 'photos', ...args);
    assert.equal(sync.status, 4, sync.output);
    assert.deepEqual(
      sync.outcome?.problems.map(({ path, kind }) => `${kind} ${path}`),
      ['damaged bad'],
    );
  }
  assert.equal(readFileSync(join(world.mirror, 'new'), 'utf8'), 'goes on');
  assert.ok(readFileSync(join(world.mirror, 'bad')).equals(readFileSync(join(original, 'bad'))));
  const { stdout } = await world.source.run('status');
  assert.match(stdout, /1 damaged in the source/);

  assert.equal(verified(await verify(world, '--source', '--repair'), 0).kind, 'repaired');
  assert.ok(readFileSync(join(world.tree, 'bad')).equals(readFileSync(join(original, 'bad'))));
  const kept = readdirSync(join(world.tree, '.btsoot-damaged'));
  assert.deepEqual(kept, ['1-bad']);
  assert.ok(readFileSync(join(world.tree, '.btsoot-damaged', '1-bad')).equals(rotten));
  assert.equal((await mustSync(world)).outcome.kind, 'unchanged');
  assert.equal(existsSync(join(world.mirror, '.btsoot-damaged')), false);
  rmSync(join(world.tree, '.btsoot-damaged'), { recursive: true });
  await syncAndCheck(world);
});

test('rot on the source ends when the person replaces the file', async (t) => {
  const world = await syncedWorld(t);
  rot(sourceOf(world), 'bad');
  verified(await verify(world, '--source'), 4);
  writeFileSync(join(world.tree, 'bad'), 'written anew');
  await syncAndCheck(world);
  assert.equal(verified(await verify(world), 0).kind, 'good');
});

test('what rots between its reading and its sending is reported as rot, and does not arrive', async (t) => {
  const world = await syncedWorld(t);
  plant(world.tree, file('new', `${long} new`), file('other', `${long} other`));
  await mustSync(world, '--dry-run');
  rot(sourceOf(world), 'new', 3);
  const sync = await world.source.json('sync', 'photos');
  assert.equal(sync.status, 4, sync.output);
  assert.deepEqual(
    sync.outcome?.problems.map(({ path, kind }) => `${kind} ${path}`),
    ['damaged new'],
  );
  assert.equal(existsSync(join(world.mirror, 'new')), false);
  assert.equal(existsSync(join(world.mirror, 'other')), true);
  const again = await world.source.json('sync', 'photos');
  assert.deepEqual([again.status, again.outcome?.steps], [4, 0], again.output);
  // Nobody has the bytes that it had.
  assert.equal(verified(await verify(world, '--repair'), 4).source?.damaged, 1);
});

test('both sides rotten in one file: nobody spreads it', async (t) => {
  const world = await syncedWorld(t);
  rot(sourceOf(world), 'bad', 1);
  await offline(world, () => rot(mirrorOf(world), 'bad', 2));
  const before = [readFileSync(join(world.tree, 'bad')), readFileSync(join(world.mirror, 'bad'))];
  const result = verified(await verify(world, '--repair'), 4);
  assert.deepEqual([result.source?.damaged, result.remote?.damaged], [1, 1]);
  const after = [readFileSync(join(world.tree, 'bad')), readFileSync(join(world.mirror, 'bad'))];
  assert.deepEqual(after, before);
});

test('a local target is verified like any other, and an absent remote says so', async (t) => {
  const world = await syncedWorld(t);
  const target = join(world.directory, 'disk');
  mkdirSync(target);
  await world.source.mustRun('add', 'disk', world.tree, join(target, 'photos'));
  await world.source.mustRun('sync', 'disk');
  const local = verified(await world.source.json('verify', 'disk'), 0);
  assert.deepEqual([local.kind, local.source?.files, local.remote?.files], ['good', 3, 3]);
  await world.remote.stop();
  assert.equal((await verify(world, '--remote')).status, 5);
  assert.equal(verified(await verify(world, '--source'), 0).kind, 'good');
  assert.equal((await world.source.run('verify', 'photos', '--rate', 'fast')).status, 2);
});
