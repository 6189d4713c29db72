import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Running } from './harness/running.js';
import { dir, file, plant } from './harness/tree.js';
import { assertMirrored, mustSync, pairedWorld, type World } from './harness/world.js';

interface WatchedWorld extends World {
  readonly agent: Running;
  /** The next sync that had something to do, as the agent's log tells. */
  done(): Promise<Readonly<Record<string, unknown>>>;
}

async function watchedWorld(t: TestContext, settings: Readonly<Record<string, string>>): Promise<WatchedWorld> {
  const world = await pairedWorld(t, {
    plant: (tree) => plant(tree, dir('a'), file('a/1', 'one'), dir('b'), file('b/2', 'two')),
  });
  for (const [key, value] of Object.entries(settings)) world.source.configureRaw('blocks.photos', key, value);
  return await startAgent(t, world);
}

async function startAgent(t: TestContext, world: World): Promise<WatchedWorld> {
  const agent = world.source.start('agent');
  t.after(() => agent.stop('SIGKILL'));
  await agent.line(/^ready /);
  let count = 0;
  const done = async () => JSON.parse(await agent.line(/^(?=.*"sync ended")(?=.*"kind":"done")/, ++count));
  return { ...world, agent, done };
}

const WATCHED = { watch: 'true', settle: '"1 s"' };

test('a watched block is synced at the start, and whenever something in it has come to rest', async (t) => {
  const world = await watchedWorld(t, WATCHED);
  await world.done();
  assertMirrored(world.tree, world.mirror);
  assert.match((await world.source.mustRun('status')).stdout, /watched, next 20\d\d-/);
  writeFileSync(join(world.tree, 'a/1'), 'another one');
  mkdirSync(join(world.tree, 'c/d'), { recursive: true });
  writeFileSync(join(world.tree, 'c/d/3'), 'three');
  await world.done();
  assertMirrored(world.tree, world.mirror);
  renameSync(join(world.tree, 'c'), join(world.tree, 'b/c'));
  assert.equal((await world.done())['sentBytes'], 0);
  assertMirrored(world.tree, world.mirror);
  writeFileSync(join(world.tree, 'b/c/d/3'), 'three, after it was moved');
  await world.done();
  assertMirrored(world.tree, world.mirror);
});

test('what other commands did to a watched block meanwhile is not missed', async (t) => {
  const world = await watchedWorld(t, WATCHED);
  await world.done();
  plant(world.tree, dir('new'), file('new/1', 'one'));
  // In a process of its own: the agent has not seen what is new in the manifest.
  await world.source.mustRun('scan', 'photos');
  await world.done();
  assertMirrored(world.tree, world.mirror);
  writeFileSync(join(world.tree, 'new/1'), 'changed in a folder that the agent has not found itself');
  await world.done();
  assertMirrored(world.tree, world.mirror);
});

test('a sync that somebody asks for looks at everything, and the watch goes on', async (t) => {
  // On a busy machine, the watch may come first where it waits only for a second.
  const world = await watchedWorld(t, { ...WATCHED, settle: '"1 h"' });
  await world.done();
  plant(world.tree, dir('new'), file('new/1', 'one'));
  assert.equal((await mustSync(world)).outcome.kind, 'done');
  rmSync(join(world.mirror, 'b/2'));
  // The remote's own tree too: a hand edit there is put right.
  assert.equal((await mustSync(world)).outcome.drift.drifted, 1);
  assertMirrored(world.tree, world.mirror);
});

test('changes while the remote is away are sent when it is back', async (t) => {
  const world = await watchedWorld(t, WATCHED);
  await world.done();
  await world.remote.stop('SIGTERM');
  writeFileSync(join(world.tree, 'a/1'), 'changed while it was away');
  await world.agent.line(/"sync is due"/);
  await world.remote.serve();
  await world.done();
  assertMirrored(world.tree, world.mirror);
});

test('settings that change take effect without a restart, and a mistake in them changes nothing', async (t) => {
  const world = await watchedWorld(t, {});
  appendFileSync(world.source.configFile, '\n[blocks.photos.more]\n');
  await world.agent.line(/config file cannot be used/);
  world.source.forget('blocks.photos.more');
  world.source.configureRaw('blocks.photos', 'settle', '"1 s"');
  world.source.configureRaw('blocks.photos', 'watch', 'true');
  const said = JSON.parse(await world.agent.line(/settings have changed/));
  assert.match(said.settings, /watch/);
  await world.done();
  assertMirrored(world.tree, world.mirror);
});

test('a timetable that was missed is made up for when the agent starts', async (t) => {
  const world = await pairedWorld(t, { plant: (tree) => plant(tree, file('a', '1')) });
  await mustSync(world);
  world.source.configureRaw('blocks.photos', 'schedule', '"0 3 * * *"');
  const last = join(world.source.home, 'state', 'blocks', 'photos', 'last.json');
  const twoDaysUs = 2 * 24 * 60 * 60 * 1_000_000;
  const { finishedUs, ...rest } = JSON.parse(readFileSync(last, 'utf8'));
  writeFileSync(last, JSON.stringify({ ...rest, finishedUs: finishedUs - twoDaysUs }));
  plant(world.tree, file('b', '2'));
  const served = await startAgent(t, world);
  await served.done();
  assertMirrored(world.tree, world.mirror);
});
