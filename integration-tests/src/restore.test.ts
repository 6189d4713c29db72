import assert from 'node:assert/strict';
import { appendFileSync, existsSync, lstatSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { treeDifferences } from './harness/compare.js';
import { repository } from './harness/programs.js';
import { seeded } from './harness/random.js';
import { copyTree, dir, file, link, plant } from './harness/tree.js';
import { assertMirrored, mustSucceed, mustSync, pairedWorld, type World } from './harness/world.js';

const big = seeded(1).bytes(3_000_000);

/** Everything is synced once, and `original` is a copy of what was. */
async function syncedWorld(t: TestContext): Promise<World & { original: string; firstSession: string }> {
  const world = await pairedWorld(t, {
    plant: (tree) =>
      plant(
        tree,
        file('note', 'first words'),
        dir('2019', [file('big', big, { mode: 0o640, mtimeUs: 1_500_000_000_123_456 }), file('small', 's'), dir('empty')]),
        dir('2020', [link('link', '../2019/big'), file(Buffer.from([0xff, 0x0a]), 'odd')]),
      ),
  });
  const { outcome } = await mustSync(world);
  const original = join(world.directory, 'original');
  copyTree(world.tree, original);
  return { ...world, original, firstSession: String(outcome.session) };
}

test('a lost source comes back whole', async (t) => {
  const world = await syncedWorld(t);
  rmSync(world.tree, { recursive: true });
  mkdirSync(world.tree);
  const outcome = mustSucceed(await world.source.json('restore', 'photos'));
  assert.equal(outcome.kind, 'done');
  assertMirrored(world.mirror, world.tree);
  assert.equal((await mustSync(world)).outcome.kind, 'unchanged');
});

test('a restore to another folder leaves the source alone', async (t) => {
  const world = await syncedWorld(t);
  appendFileSync(join(world.tree, 'note'), ', and more');
  const before = join(world.directory, 'before');
  copyTree(world.tree, before);
  const to = join(world.directory, 'elsewhere');
  mustSucceed(await world.source.json('restore', 'photos', '--to', to));
  assertMirrored(world.mirror, to);
  assert.deepEqual(treeDifferences(before, world.tree), []);
});

test('only the named paths come back', async (t) => {
  const world = await syncedWorld(t);
  for (const name of ['note', '2019/big', '2019/small']) rmSync(join(world.tree, name));
  mustSucceed(await world.source.json('restore', 'photos', '2019/big'));
  assert.ok(readFileSync(join(world.tree, '2019/big')).equals(big));
  assert.equal(lstatSync(join(world.tree, '2019/big')).mode & 0o777, 0o640);
  assert.equal(existsSync(join(world.tree, '2019/small')), false);
  assert.equal(existsSync(join(world.tree, 'note')), false);
  mustSucceed(await world.source.json('restore', 'photos', '2019', 'note'));
  assert.equal(readFileSync(join(world.tree, '2019/small'), 'utf8'), 's');
  assert.equal(readFileSync(join(world.tree, 'note'), 'utf8'), 'first words');
});

test('a mirror, what holds it and its records are no folders to restore to', async (t) => {
  const world = await syncedWorld(t);
  writeFileSync(join(world.tree, 'note'), 'newer words');
  await mustSync(world);
  const root = dirname(world.mirror);
  for (const to of [world.mirror, join(world.mirror, '2019/new'), root, join(root, '.btsoot/x')]) {
    for (const more of [[], ['--force']]) {
      const run = await world.source.run('restore', 'photos', 'note', '--at', world.firstSession, '--to', to, ...more);
      assert.equal(run.status, 1, `${to}: ${run.stdout}\n${run.stderr}`);
      assert.match(run.stderr, /belongs to a remote/);
    }
  }
  assert.equal(readFileSync(join(world.mirror, 'note'), 'utf8'), 'newer words');
  const beside = join(root, 'given-back');
  mustSucceed(await world.source.json('restore', 'photos', 'note', '--at', world.firstSession, '--to', beside));
  assert.equal(readFileSync(join(beside, 'note'), 'utf8'), 'first words');
});

test('a path that the block does not have is an error', async (t) => {
  const world = await syncedWorld(t);
  const run = await world.source.run('restore', 'photos', 'no/such/file');
  assert.equal(run.status, 1, `${run.stdout}\n${run.stderr}`);
  assert.match(run.stderr + run.stdout, /no\/such\/file/);
});

test('an earlier state comes back, by session and by time', async (t) => {
  const world = await syncedWorld(t);
  const between = new Date();
  writeFileSync(join(world.tree, 'note'), 'second words');
  rmSync(join(world.tree, '2019'), { recursive: true });
  renameSync(join(world.tree, '2020'), join(world.tree, 'twenty'));
  await mustSync(world);
  plant(world.tree, file('late', 'came last'));
  await mustSync(world);

  for (const [name, moment] of Object.entries({ session: world.firstSession, time: between.toISOString() })) {
    const to = join(world.directory, `by-${name}`);
    mustSucceed(await world.source.json('restore', 'photos', '--to', to, '--at', moment));
    assert.deepEqual(treeDifferences(world.original, to), []);
  }
  assertMirrored(world.tree, world.mirror);
});

test('the newest session comes back as it was, whatever a hand did on the remote since', async (t) => {
  const world = await syncedWorld(t);
  renameSync(join(world.mirror, 'note'), join(world.mirror, 'renamed by hand'));
  writeFileSync(join(world.mirror, '2019/stranger'), 'put there by hand');
  const to = join(world.directory, 'as-it-was');
  mustSucceed(await world.source.json('restore', 'photos', '--to', to, '--at', world.firstSession));
  assert.deepEqual(treeDifferences(world.original, to), []);
});

test('what moved locally is moved back and not fetched', async (t) => {
  const world = await syncedWorld(t);
  renameSync(join(world.tree, '2019'), join(world.tree, 'nineteen'));
  world.proxy.reset();
  const outcome = mustSucceed(await world.source.json('restore', 'photos', '--delete'));
  assert.equal(outcome.sentBytes, 0);
  assert.ok(world.proxy.totalBytes() < 100_000, `${world.proxy.totalBytes()} bytes crossed the wire`);
  assertMirrored(world.mirror, world.tree);
});

test('a file that only the source has is overwritten with --force alone', async (t) => {
  const world = await syncedWorld(t);
  writeFileSync(join(world.tree, 'note'), 'edited and never synced');
  const refused = await world.source.json('restore', 'photos', 'note');
  assert.notEqual(refused.status, 0, refused.output);
  assert.match(refused.output, /note/);
  assert.equal(readFileSync(join(world.tree, 'note'), 'utf8'), 'edited and never synced');
  mustSucceed(await world.source.json('restore', 'photos', 'note', '--force'));
  assert.equal(readFileSync(join(world.tree, 'note'), 'utf8'), 'first words');
});

test('a version that history holds may be overwritten without --force', async (t) => {
  const world = await syncedWorld(t);
  writeFileSync(join(world.tree, 'note'), 'second words');
  await mustSync(world);
  mustSucceed(await world.source.json('restore', 'photos', 'note', '--at', world.firstSession));
  assert.equal(readFileSync(join(world.tree, 'note'), 'utf8'), 'first words');
});

test('local files that the restored state does not have stay, unless --delete says otherwise', async (t) => {
  const world = await syncedWorld(t);
  plant(world.tree, file('later', 'synced later'));
  await mustSync(world);
  mustSucceed(await world.source.json('restore', 'photos', '--at', world.firstSession));
  assert.equal(readFileSync(join(world.tree, 'later'), 'utf8'), 'synced later');
  mustSucceed(await world.source.json('restore', 'photos', '--at', world.firstSession, '--delete'));
  assert.deepEqual(treeDifferences(world.original, world.tree), []);
});

test('a dry run restores nothing', async (t) => {
  const world = await syncedWorld(t);
  rmSync(join(world.tree, 'note'));
  const outcome = mustSucceed(await world.source.json('restore', 'photos', '--dry-run'));
  assert.equal(outcome.kind, 'planned');
  assert.ok(outcome.plan?.steps?.some((step) => step.path === 'note'));
  assert.match(
    (await world.source.run('restore', 'photos', '--dry-run')).stdout,
    /: 1 file to fetch.*; at most \d+ B to fetch$/m,
  );
  assert.equal(existsSync(join(world.tree, 'note')), false);
});

test('what was to be copied from a file that a restore had replaced by then is fetched', async (t) => {
  const smallLimits = pathToFileURL(join(repository, 'integration-tests/dist/crash/small-limits.js')).href;
  const near = { host: '127.0.0.1', through: ['env', `NODE_OPTIONS=--import ${smallLimits}`] };
  const names = Array.from({ length: 20 }, (_, index) => `m${index + 10}`);
  const world = await pairedWorld(t, {
    near,
    far: near,
    plant: (tree) => plant(tree, file('a', 'for a'), file('z', 'wanted'), ...names.map((name) => file(name, `first ${name}`))),
  });
  world.source.configure('blocks.photos', 'guard_percent', 100);
  const { outcome } = await mustSync(world);
  const original = join(world.directory, 'original');
  copyTree(world.tree, original);
  writeFileSync(join(world.tree, 'a'), 'wanted');
  writeFileSync(join(world.tree, 'z'), 'for z');
  for (const name of names) writeFileSync(join(world.tree, name), `second ${name}`);
  await mustSync(world);
  mustSucceed(await world.source.json('restore', 'photos', '--at', String(outcome.session)));
  assert.deepEqual(treeDifferences(original, world.tree), []);
});
