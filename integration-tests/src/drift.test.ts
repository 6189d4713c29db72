import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  cpSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { media } from './harness/data.js';
import { overwrite, plantFile } from './harness/planting.js';
import { blockFile, flipByte, flipByteSecretly, mirrorOf, rot } from './harness/rot.js';
import { dir, file, link, plant } from './harness/tree.js';
import { mustSync, pairedWorld, syncAndCheck, type World } from './harness/world.js';

/* What somebody, or a failing disk, did to the mirror is found, named, kept and put right. */

const long = 'x'.repeat(5_000);

async function syncedWorld(t: TestContext): Promise<World> {
  const world = await pairedWorld(t, {
    plant: (tree) =>
      plant(
        tree,
        file('edited', `${long} edited`),
        file('touched', 'touched'),
        file('swapped', 'a file'),
        file('gone', 'gone'),
        dir('full', [file('one', '1'), file('two', '2')]),
        dir('from', [file('moved', `${long} moved`)]),
        dir('to', [file('stays', 'stays')]),
        link('link', 'edited'),
      ),
  });
  await syncAndCheck(world);
  return world;
}

function historyOf(world: World): string[] {
  const folder = blockFile(world, 'history');
  return readdirSync(folder).flatMap((name) => {
    try {
      return [readFileSync(join(folder, name), 'latin1')];
    } catch {
      return [];
    }
  });
}

test('every kind of change by hand is named, kept and put right', async (t) => {
  const world = await syncedWorld(t);
  const { mirror } = world;
  appendFileSync(join(mirror, 'edited'), ', by a stranger');
  chmodSync(join(mirror, 'touched'), 0o600);
  unlinkSync(join(mirror, 'swapped'));
  writeFileSync(join(mirror, 'swapped'), "a stranger's");
  unlinkSync(join(mirror, 'gone'));
  rmSync(join(mirror, 'full'), { recursive: true });
  renameSync(join(mirror, 'from/moved'), join(mirror, 'to/moved'));
  writeFileSync(join(mirror, 'to/new'), 'nobody asked for it');

  const run = await world.source.json('sync', 'photos');
  assert.equal(run.status, 0, run.output);
  const { drift } = run.outcome ?? assert.fail(run.output);
  assert.deepEqual(drift.paths.map(({ path, how }) => `${how} ${path}`).sort(), [
    'added to/new',
    'changed touched',
    'edited edited',
    'moved to/moved',
    'removed full',
    'removed gone',
    'replaced swapped',
  ]);
  assert.equal(drift.drifted, 9, 'of a folder that was removed, what was in it counts');
  const reported = run.events.filter((event) => event['kind'] === 'problem').map((event) => event['problem'] as { kind: string });
  assert.deepEqual(new Set(reported.map(({ kind }) => kind)), new Set(['drift']));
  assert.equal(reported.length, drift.paths.length);
  const kept = historyOf(world);
  for (const stranger of [`${long} edited, by a stranger`, "a stranger's", 'nobody asked for it'])
    assert.ok(kept.includes(stranger));
  const { outcome } = await syncAndCheck(world);
  assert.deepEqual([outcome.kind, outcome.drift.drifted, outcome.drift.paths], ['unchanged', 0, []]);
});

test('a mirror that was there before has not drifted: it is taken up, and watched over from then on', async (t) => {
  const world = await pairedWorld(t, { plant: (tree) => plant(tree, file('one', long), dir('folder', [file('two', '2')])) });
  const { tree, mirror } = world;
  cpSync(tree, mirror, { recursive: true, preserveTimestamps: true });
  writeFileSync(join(mirror, 'folder/of-old'), 'no longer on the source');
  const taken = await syncAndCheck(world);
  assert.deepEqual([taken.outcome.drift.drifted, taken.outcome.sentBytes], [0, 0]);
  assert.ok(historyOf(world).includes('no longer on the source'));

  writeFileSync(join(mirror, 'one'), 'edited');
  const { outcome } = await syncAndCheck(world);
  assert.deepEqual(
    outcome.drift.paths.map(({ path, how }) => `${how} ${path}`),
    ['edited one'],
  );
});

test('a mirror that was taken up unchanged is watched over, though no session tells of it', async (t) => {
  const world = await pairedWorld(t, { plant: (tree) => plant(tree, file('one', long)) });
  execFileSync('cp', ['-a', `${world.tree}/.`, world.mirror]);
  assert.equal((await syncAndCheck(world)).outcome.kind, 'unchanged');
  writeFileSync(join(world.mirror, 'one'), 'edited');
  assert.equal((await syncAndCheck(world)).outcome.drift.drifted, 1);
});

test('a sync for people says what has drifted, too', async (t) => {
  const world = await syncedWorld(t);
  appendFileSync(join(world.mirror, 'edited'), '!');
  const { status, stderr } = await world.source.run('sync', 'photos');
  assert.equal(status, 0);
  assert.match(stderr, /photos: drift: edited: was edited on the remote/);
});

test('a byte that was turned over with its time set back is found by the quick check', async (t) => {
  const world = await syncedWorld(t);
  flipByteSecretly(join(world.mirror, 'edited'), 17);
  const { outcome } = await syncAndCheck(world);
  assert.deepEqual(
    outcome.drift.paths.map(({ path, how }) => `${how} ${path}`),
    ['edited edited'],
  );
});

test('bytes that rotted under their stat are found by a full check alone, and replaced', async (t) => {
  const world = await syncedWorld(t);
  await world.remote.stop();
  rot(mirrorOf(world), 'edited', 17);
  await world.remote.serve();
  assert.equal((await mustSync(world)).outcome.kind, 'unchanged');
  world.source.configure('blocks.photos', 'drift', 'full');
  const { outcome } = await syncAndCheck(world);
  assert.deepEqual(
    outcome.drift.paths.map(({ path, how }) => `${how} ${path}`),
    ['damaged edited'],
  );
  assert.equal(outcome.drift.damaged, 1);
  world.source.configure('blocks.photos', 'drift', 'quick');
  assert.equal((await syncAndCheck(world, '--drift', 'full')).outcome.kind, 'unchanged');
});

test('what was found damaged is not taken for good by a later quick check, and serves for no copy', async (t) => {
  const world = await syncedWorld(t);
  await world.remote.stop();
  rot(mirrorOf(world), 'edited', 17);
  await world.remote.serve();
  const planned = await world.source.json('sync', 'photos', '--drift', 'full', '--dry-run');
  assert.equal(planned.outcome?.plan?.summary['put'], 1, planned.output);
  writeFileSync(join(world.tree, 'again'), `${long} edited`);
  const { outcome } = await syncAndCheck(world, '--drift', 'trust');
  assert.equal(outcome.drift.damaged, 1);
  assert.ok(outcome.sentBytes > 0);
  assert.deepEqual([outcome.plan?.summary['put'], outcome.plan?.summary['copy']], [1, 1]);
});

test('a policy that does not exist is refused', async (t) => {
  const world = await syncedWorld(t);
  assert.equal((await world.source.run('sync', 'photos', '--drift', 'sometimes')).status, 2);
  world.source.configure('blocks.photos', 'drift', 'sometimes');
  const { status, stderr } = await world.source.run('sync', 'photos');
  assert.equal(status, 1);
  assert.match(stderr, /config\.toml:\d+: blocks\.photos\.drift must be one of "quick", "trust", "full"/);
});

test('the drift of a file that was patched in place says which older versions went with it', async (t) => {
  const sizeBytes = 33 * 1024 ** 2;
  const world = await pairedWorld(t, { plant: (tree) => plantFile(join(tree, 'image'), sizeBytes, media(1)) });
  await mustSync(world);
  overwrite(join(world.tree, 'image'), 1_000_000, media(2)(10_000));
  const patched = await mustSync(world);
  if (!readdirSync(blockFile(world, 'history')).some((name) => name.endsWith('.undo'))) {
    t.skip('this file system has reflinks: nothing is patched in place');
    return;
  }
  flipByte(join(world.mirror, 'image'), 20_000_000);
  overwrite(join(world.tree, 'image'), 2_000_000, media(3)(10_000));
  const { outcome } = await syncAndCheck(world);
  assert.deepEqual(
    outcome.drift.paths.map(({ path, how, olderVersions }) => ({ path, how, olderVersions })),
    [{ path: 'image', how: 'edited', olderVersions: 1 }],
  );
  assert.match(outcome.drift.paths[0]?.message ?? '', /1 older version of it was kept with what is gone/);
  assert.equal(patched.outcome.session, 2);
});
