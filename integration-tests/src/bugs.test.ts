import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { appendFileSync, chmodSync, linkSync, lstatSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { treeDifferences } from './harness/compare.js';
import { plainUser } from './harness/plain-user.js';
import { seeded } from './harness/random.js';
import { copyTree, dir, file, plant } from './harness/tree.js';
import { assertMirrored, mustSync, pairedWorld, syncAndCheck } from './harness/world.js';

/*
 * What the original BTSOOT got wrong, each kept from coming back. Files over 2 GiB are in big-files.test.ts, odd
 * names in sync.test.ts.
 */

test('a failed copy is reported, exits non-zero and is retried', async (t) => {
  const world = await pairedWorld(t, {
    plant: (tree) => plant(tree, file('small', 'fits'), file('large', seeded(7).bytes(24_000_000))),
  });
  await world.remote.stop();
  await world.remote.serve({ fileSizeMaxBytes: 16_000_000 });

  const failed = await world.source.json('sync', 'photos');
  assert.equal(failed.status, 4, failed.output);
  assert.equal(failed.outcome?.kind, 'partial');
  assert.deepEqual(
    failed.outcome?.problems.map((problem) => problem.path),
    ['large'],
  );
  assert.equal(readFileSync(join(world.mirror, 'small'), 'utf8'), 'fits');
  assert.throws(() => lstatSync(join(world.mirror, 'large')), { code: 'ENOENT' });

  await world.remote.stop();
  await world.remote.serve();
  const { outcome } = await syncAndCheck(world);
  assert.equal(outcome.sentBytes, 24_000_000);
});

test('a file and a folder that cannot be read are reported, and their copies stay', { skip: plainUser.skip }, async (t) => {
  const world = await pairedWorld(t, {
    sourceUser: 'plain',
    plant: (tree) => plant(tree, file('secret', 'old'), dir('closed', [file('inside', 'kept')]), file('open', '1')),
  });
  await mustSync(world);
  writeFileSync(join(world.tree, 'secret'), 'new');
  for (const name of ['closed', 'secret']) chmodSync(join(world.tree, name), 0);
  writeFileSync(join(world.tree, 'open'), '2');

  const run = await world.source.json('sync', 'photos');
  assert.equal(run.status, 4, run.output);
  assert.deepEqual(run.outcome?.problems.map((problem) => problem.path).sort(), ['closed', 'secret']);
  assert.equal(readFileSync(join(world.mirror, 'open'), 'utf8'), '2');

  chmodSync(join(world.tree, 'closed'), 0o755);
  chmodSync(join(world.tree, 'secret'), 0o644);
  const { outcome } = await syncAndCheck(world);
  assert.equal(outcome.sentBytes, 3, 'what had stayed there was not sent again');
});

test('a special file is left out, and a hard link stays one', async (t) => {
  const world = await pairedWorld(t, { plant: (tree) => plant(tree, file('one', 'content')) });
  linkSync(join(world.tree, 'one'), join(world.tree, 'other'));
  execFileSync('mkfifo', [join(world.tree, 'pipe')]);
  await mustSync(world);
  assert.deepEqual(readdirSync(world.mirror), ['one', 'other']);
  rmSync(join(world.tree, 'pipe'));
  await syncAndCheck(world);
});

test('a source that vanished, or is empty, removes nothing', async (t) => {
  const world = await pairedWorld(t, { plant: (tree) => plant(tree, file('a', '1'), file('b', '2')) });
  await mustSync(world);
  for (const name of ['a', 'b']) rmSync(join(world.tree, name));
  assert.equal((await world.source.json('sync', 'photos')).status, 3);
  rmSync(world.tree, { recursive: true });
  assert.equal((await world.source.json('sync', 'photos')).status, 3);
  assert.deepEqual(readdirSync(world.mirror), ['a', 'b']);
});

test('the guard at 10 % refuses to remove 20 of 100, until that very plan is accepted', async (t) => {
  const files = Array.from({ length: 100 }, (_, index) => file(`file-${index}`, `content ${index}`));
  const world = await pairedWorld(t, { plant: (tree) => plant(tree, ...files) });
  world.source.configure('blocks.photos', 'guard_percent', 10);
  await mustSync(world);
  for (let index = 0; index < 20; index += 1) rmSync(join(world.tree, `file-${index}`));

  const refused = await world.source.json('sync', 'photos');
  assert.equal(refused.status, 3, refused.output);
  assert.equal(refused.outcome?.kind, 'refused');
  assert.equal(readdirSync(world.mirror).length, 100);

  const digest = refused.outcome?.plan?.digest ?? '';
  rmSync(join(world.tree, 'file-20'));
  const stale = await world.source.json('sync', 'photos', '--accept', digest);
  assert.equal(stale.status, 3, 'a digest lets only its own plan through');
  assert.match(stale.outcome?.reasons.at(-1) ?? '', /is another one/);
  assert.equal(readdirSync(world.mirror).length, 100);

  await syncAndCheck(world, '--accept', stale.outcome?.plan?.digest ?? '');
  assert.equal(readdirSync(world.mirror).length, 79);
});

test('restore with an absent remote touches nothing', async (t) => {
  const world = await pairedWorld(t, { plant: (tree) => plant(tree, file('a', '1'), dir('d', [file('b', '2')])) });
  await mustSync(world);
  appendFileSync(join(world.tree, 'a'), 'changed since');
  const before = join(world.directory, 'before');
  copyTree(world.tree, before);
  await world.remote.stop();

  for (const args of [[], ['--force', '--delete'], ['d']]) {
    const run = await world.source.run('restore', 'photos', ...args);
    assert.equal(run.status, 5, `${run.stdout}\n${run.stderr}`);
  }
  assert.deepEqual(treeDifferences(before, world.tree), []);
});

test('a sync with an absent remote says so', async (t) => {
  const world = await pairedWorld(t, { plant: (tree) => plant(tree, file('a', '1')) });
  await world.remote.stop();
  const run = await world.source.run('sync', 'photos', '--retries', '0');
  assert.equal(run.status, 5, `${run.stdout}\n${run.stderr}`);
});

test('a remote changed by hand is noticed and repaired, and the strangers are kept', async (t) => {
  const world = await pairedWorld(t, {
    plant: (tree) => plant(tree, file('a', 'alpha'), file('b', 'beta'), dir('d', [file('c', 'gamma')])),
  });
  await mustSync(world);
  writeFileSync(join(world.mirror, 'a'), 'a hand was here');
  rmSync(join(world.mirror, 'b'));
  writeFileSync(join(world.mirror, 'd/stranger'), 'somebody put me here');

  await syncAndCheck(world);
  const kept = contentsBelow(join(world.remote.root, '.btsoot', 'blocks', 'photos', 'history'));
  for (const content of ['a hand was here', 'somebody put me here'])
    assert.ok(kept.includes(content), `"${content}" is not in history`);
});

test('a remote whose tree was emptied by hand is filled again', async (t) => {
  const world = await pairedWorld(t, { plant: (tree) => plant(tree, file('a', 'alpha'), dir('d', [file('c', 'gamma')])) });
  await mustSync(world);
  for (const name of readdirSync(world.mirror)) rmSync(join(world.mirror, name), { recursive: true });
  await mustSync(world);
  assertMirrored(world.tree, world.mirror);
});

test('a restore never wipes what only the source has', async (t) => {
  const world = await pairedWorld(t, { plant: (tree) => plant(tree, file('a', 'alpha')) });
  await mustSync(world);
  plant(world.tree, file('not yet synced', 'precious'), dir('new folder', [file('x', 'also precious')]));
  writeFileSync(join(world.tree, 'a'), 'edited and not yet synced');
  const before = join(world.directory, 'before');
  copyTree(world.tree, before);

  const run = await world.source.json('restore', 'photos');
  assert.notEqual(run.status, 0, run.output);
  // The top folder's own time is restored.
  assert.deepEqual(treeDifferences(before, world.tree, { roots: false }), []);
});

function contentsBelow(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'));
}
