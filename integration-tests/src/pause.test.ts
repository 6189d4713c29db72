import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { serveFirstAgent } from '@btsoot/shared/wire/testing/first-agent.js';
import type { Running } from './harness/running.js';
import { file, plant } from './harness/tree.js';
import { assertMirrored, mustSync, pairedWorld, type World } from './harness/world.js';

async function startAgent(t: TestContext, { source }: World): Promise<Running> {
  const agent = source.start('agent');
  t.after(() => agent.stop('SIGKILL'));
  await agent.line(/\bagent started\b/);
  return agent;
}

interface Standing {
  readonly name: string;
  readonly pause: { readonly sinceUs: number; readonly untilUs: number | null } | null;
}

async function standing({ source }: World): Promise<Standing | undefined> {
  const { blocks } = JSON.parse((await source.mustRun('status', '--json')).stdout) as { blocks: Standing[] };
  return blocks[0];
}

function watchedWorld(t: TestContext): Promise<World> {
  return pairedWorld(t, { plant: (tree) => plant(tree, file('a', '1')) });
}

test('a paused block is synced only when asked to, and by itself again once it is resumed', async (t) => {
  const world = await watchedWorld(t);
  const { source, tree, mirror } = world;
  await mustSync(world);
  source.configureRaw('blocks.photos', 'watch', 'true');
  source.configure('blocks.photos', 'settle', '1 s');
  assert.match((await source.mustRun('pause', 'photos')).stderr, /^No agent runs here: it holds from when one starts/);
  const agent = await startAgent(t, world);
  assert.deepEqual((await standing(world))?.pause?.untilUs, null);
  for (const command of [['status'], ['list'], ['show', 'photos']])
    assert.match((await source.mustRun(...command)).stdout, /paused since 20\d\d-/, command.join(' '));

  plant(tree, file('b', '2'));
  const asked = await source.mustRun('sync', 'photos');
  assert.match(
    asked.stderr,
    /^photos: paused since .*; synced now as you ask for it, and by itself after `btsoot resume photos`$/m,
  );
  assertMirrored(tree, mirror);

  plant(tree, file('c', '3'));
  assert.equal((await source.mustRun('resume', 'photos')).stdout, 'photos: goes on\n');
  await agent.line(/sync is due/);
  await agent.line(/sync ended/, 2);
  assertMirrored(tree, mirror);
  assert.equal((await standing(world))?.pause, null);
  assert.doesNotMatch((await source.mustRun('list')).stdout, /paused/);
  assert.equal((await source.mustRun('resume')).stdout, 'photos: was not paused\n');
});

test('a pause stops the sync that the agent does, and the next one goes on', async (t) => {
  const world = await watchedWorld(t);
  const { source, proxy } = world;
  await startAgent(t, world);
  proxy.hold();
  const sync = source.start('sync', 'photos', '--json');
  await sync.line(/"phase"/);
  assert.match((await source.mustRun('pause')).stdout, /^photos: paused since /);
  const ended = await sync.finished;
  assert.equal(ended.status, 1, ended.stdout);
  assert.match(ended.stdout, /the block was paused/);
  proxy.release();
  await mustSync(world);
  assertMirrored(world.tree, world.mirror);
});

test('a pause with an end is over by itself, and what was missed is made up for', async (t) => {
  const world = await watchedWorld(t);
  const { source } = world;
  source.configureRaw('blocks.photos', 'watch', 'true');
  const agent = await startAgent(t, world);
  assert.match((await source.mustRun('pause', 'photos', '--for', '1s')).stdout, /^photos: paused since .* until 20\d\d-/);
  await agent.line(/goes on/);
  await agent.line(/"kind":"(?:done|unchanged)".*sync ended/);
  assertMirrored(world.tree, world.mirror);
  for (const time of ['0s', '366d', 'a while', '2 weeks'])
    assert.equal((await source.run('pause', '--for', time)).status, 2, `--for ${time}`);
});

test('an agent of an earlier version is said to be one, and nothing is written behind its back', async (t) => {
  const world = await watchedWorld(t);
  const state = join(world.source.home, 'state');
  mkdirSync(state, { recursive: true });
  t.after(await serveFirstAgent(join(state, 'agent.sock')));
  for (const command of ['pause', 'resume']) {
    const run = await world.source.run(command, 'photos');
    assert.equal(run.status, 1);
    assert.match(run.stderr, /agent that runs is of an earlier version.*\n.*Restart it/);
  }
  assert.doesNotMatch((await world.source.mustRun('list')).stdout, /paused/);
});
