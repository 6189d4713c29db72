import assert from 'node:assert/strict';
import { existsSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { treeDifferences } from './harness/compare.js';
import { media } from './harness/data.js';
import { overwrite, plantFile } from './harness/planting.js';
import { withQuickRetries } from './harness/programs.js';
import { mustSucceed, pairedWorld, syncAndCheck } from './harness/world.js';

/* Restores over a link that breaks. */

const MB = 1_000_000;

test('a restore goes on by itself when the link breaks, with what is left', async (t) => {
  const world = await pairedWorld(t, {
    environment: withQuickRetries,
    plant: (tree) => {
      for (let index = 0; index < 20; index++) plantFile(join(tree, `${index}.jpg`), MB / 2, media(index));
    },
  });
  await syncAndCheck(world);
  const to = join(world.directory, 'back');
  world.proxy.reset();
  world.proxy.cutAt(4 * MB);
  // The remote may take a while to notice, for which the block is busy.
  const run = await world.source.json('restore', 'photos', '--to', to, '--retries', '30');
  assert.equal(mustSucceed(run).kind, 'done');
  assert.ok(run.events.some(({ kind }) => kind === 'retry'));
  assert.deepEqual(treeDifferences(world.tree, to), []);
  // What was on its way when the link was cut comes again, and nothing else.
  assert.ok(world.proxy.totalBytes() < 13 * MB, `${world.proxy.totalBytes()} bytes crossed for ten million`);
});

test('a restore whose remote stays away gives up, and says so', async (t) => {
  const world = await pairedWorld(t, {
    environment: withQuickRetries,
    plant: (tree) => writeFileSync(join(tree, 'note'), 'a note'),
  });
  await syncAndCheck(world);
  await world.remote.stop('SIGKILL');
  const run = await world.source.json('restore', 'photos', '--to', join(world.directory, 'back'), '--retries', '2');
  assert.equal(run.status, 5, run.output);
  assert.equal(run.events.filter(({ kind }) => kind === 'retry').length, 2, run.output);
});

/** Resolves when more of the file that is being received is durable than when it was begun. */
async function checkpointIn(staging: string): Promise<void> {
  for (let least = Number.POSITIVE_INFINITY; ; await sleep(2)) {
    const bytes = sidecarBytes(staging);
    if (bytes > least) return;
    if (bytes > 0) least = bytes;
  }
}

function sidecarBytes(staging: string): number {
  const names = existsSync(staging) ? readdirSync(staging) : [];
  const sidecars = names.filter((name) => name.endsWith('.chunks'));
  return sidecars.reduce((sum, name) => sum + (statSync(join(staging, name), { throwIfNoEntry: false })?.size ?? 0), 0);
}

test('a restore goes on in the middle of a file, after a cut and after a kill, and leaves nothing behind', async (t) => {
  const fileBytes = 100 * MB;
  const world = await pairedWorld(t, {
    plant: (tree) => {
      plantFile(join(tree, 'film'), fileBytes, media(1));
      writeFileSync(join(tree, 'a-note'), 'a note');
    },
  });
  await syncAndCheck(world);
  const to = join(world.directory, 'back');
  const restore = ['restore', 'photos', '--to', to, '--retries', '0'];
  world.proxy.reset();
  world.proxy.cutAt(45 * MB);
  const cut = await world.source.json(...restore);
  assert.equal(cut.status, 5, cut.output);
  assert.deepEqual(readdirSync(to).sort(), ['.btsoot-restore', 'a-note'], 'what has come is kept');

  const killed = world.source.start(...restore);
  await checkpointIn(join(to, '.btsoot-restore/staging'));
  await killed.stop('SIGKILL');

  world.proxy.reset();
  const planned = mustSucceed(await world.source.json(...restore, '--dry-run'));
  assert.ok((planned.plan?.summary['wireBytes'] ?? 0) < fileBytes - 70 * MB, JSON.stringify(planned.plan));
  const { kind, sentBytes } = mustSucceed(await world.source.json(...restore));
  assert.equal(kind, 'done');
  assert.ok(sentBytes < fileBytes - 70 * MB, `${sentBytes} bytes were fetched`);
  assert.deepEqual(treeDifferences(world.tree, to), []);
});

test('what an earlier restore has of a file counts for nothing where it was changed meanwhile', async (t) => {
  const world = await pairedWorld(t, { plant: (tree) => plantFile(join(tree, 'film'), 80 * MB, media(1)) });
  await syncAndCheck(world);
  const to = join(world.directory, 'back');
  world.proxy.reset();
  world.proxy.cutAt(60 * MB);
  assert.equal((await world.source.run('restore', 'photos', '--to', to, '--retries', '0')).status, 5);
  const folder = join(to, '.btsoot-restore/partial');
  const held = readdirSync(folder).find((name) => !name.endsWith('.chunks')) ?? assert.fail('nothing was kept');
  overwrite(join(folder, held), 1_000, Buffer.from('not what came'));
  assert.equal(mustSucceed(await world.source.json('restore', 'photos', '--to', to)).kind, 'done');
  assert.deepEqual(treeDifferences(world.tree, to), []);
});

test('the next scan clears away what a restore to its source has left of a file', async (t) => {
  const world = await pairedWorld(t, { plant: (tree) => plantFile(join(tree, 'film'), 80 * MB, media(1)) });
  await syncAndCheck(world);
  rmSync(join(world.tree, 'film'));
  world.proxy.reset();
  world.proxy.cutAt(60 * MB);
  assert.equal((await world.source.run('restore', 'photos', '--retries', '0')).status, 5);
  assert.deepEqual(readdirSync(world.tree), ['.btsoot-restore']);
  await world.source.mustRun('scan', 'photos');
  assert.deepEqual(readdirSync(world.tree), []);
});
