import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { treeDifferences } from './harness/compare.js';
import { media } from './harness/data.js';
import { plantFile } from './harness/planting.js';
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
  const run = await world.source.json('restore', 'photos', '--to', to);
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
