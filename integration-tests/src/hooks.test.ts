import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { file, plant } from './harness/tree.js';
import { assertMirrored, mustSync, pairedWorld } from './harness/world.js';

test('a command before the sync prepares what is synced, and one after it knows how it ended', async (t) => {
  const world = await pairedWorld(t);
  const said = join(world.directory, 'said');
  world.source.configure('blocks.photos', 'run_before', 'echo dumped > "$BTSOOT_SOURCE/dump"');
  world.source.configure('blocks.photos', 'run_after', `echo "$BTSOOT_BLOCK $BTSOOT_RESULT $BTSOOT_STEPS" >> ${said}`);
  assert.equal((await mustSync(world)).outcome.kind, 'done');
  assert.equal(readFileSync(join(world.mirror, 'dump'), 'utf8'), 'dumped\n');
  assert.match(readFileSync(said, 'utf8'), /^photos done \d+\n$/);
  await mustSync(world, '--dry-run');
  assert.match(readFileSync(said, 'utf8'), /^photos done \d+\n$/, 'a dry run runs none');
});

test('a command before the sync that fails or takes too long keeps the mirror as it is', async (t) => {
  const world = await pairedWorld(t, { plant: (tree) => plant(tree, file('a', '1')) });
  await mustSync(world);
  writeFileSync(join(world.tree, 'a'), 'half of a database');
  world.source.configure('blocks.photos', 'run_before', 'echo cannot lock; exit 7');
  const failed = await world.source.json('sync', 'photos');
  assert.equal(failed.status, 1);
  assert.match(failed.output, /the command before the sync failed, so nothing was synced: .*status 7: cannot lock/);
  world.source.configure('blocks.photos', 'run_limit', '1 s');
  world.source.configure('blocks.photos', 'run_before', 'sleep 100');
  assert.match((await world.source.json('sync', 'photos')).output, /took longer than 1 s/);
  assert.equal(readFileSync(join(world.mirror, 'a'), 'utf8'), '1');
  world.source.configure('blocks.photos', 'run_before', 'true');
  await mustSync(world);
  assertMirrored(world.tree, world.mirror);
});

test("a command around a sync has the person's environment, without what the program's first line adds for itself", async (t) => {
  const world = await pairedWorld(t);
  const said = join(world.directory, 'said');
  const ours = 'grep -ac MALLOC_ARENA_MAX=2 /proc/$PPID/environ';
  world.source.configure('blocks.photos', 'run_before', `echo "$(${ours}) \${MALLOC_ARENA_MAX:-none} $HOME" > ${said}`);
  await mustSync(world);
  assert.equal(readFileSync(said, 'utf8'), `1 none ${world.source.home}\n`);
});

test('whoever is to be told of a failure is, once', async (t) => {
  const world = await pairedWorld(t, { plant: (tree) => plant(tree, file('a', '1')) });
  const told = join(world.directory, 'told');
  writeFileSync(
    world.source.configFile,
    `${readFileSync(world.source.configFile, 'utf8')}\n[notify]\ncommand = 'echo "$BTSOOT_EVENT $BTSOOT_BLOCK" >> ${told}'\n`,
  );
  await mustSync(world);
  assert.equal(existsSync(told), false);
  await world.remote.stop('SIGTERM');
  for (let round = 0; round < 2; round++) assert.equal((await world.source.json('sync', 'photos', '--retries', '0')).status, 5);
  assert.equal(readFileSync(told, 'utf8'), 'failure photos\n');
});
