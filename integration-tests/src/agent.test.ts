import assert from 'node:assert/strict';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Running } from './harness/running.js';
import { readJsonRun } from './harness/source-agent.js';
import { file, plant } from './harness/tree.js';
import { assertMirrored, mustSucceed, mustSync, pairedWorld, syncAndCheck, type World } from './harness/world.js';

/** A paired world whose source agent runs as a service. */
async function servedWorld(t: TestContext): Promise<World & { agent: Running; socket: string }> {
  const world = await pairedWorld(t, { plant: (tree) => plant(tree, file('a', '1')) });
  const agent = world.source.start('agent');
  t.after(async () => {
    await agent.stop('SIGKILL');
  });
  await agent.line(/\b(listening|ready|running)\b/i);
  return { ...world, agent, socket: join(world.source.home, 'state', 'agent.sock') };
}

test('a sync asks the running agent, which does the work', async (t) => {
  const world = await servedWorld(t);
  assert.equal(statSync(world.socket).mode & 0o777, 0o600);
  const { outcome } = await syncAndCheck(world);
  assert.equal(outcome.kind, 'done');
  assert.equal((await syncAndCheck(world)).outcome.kind, 'unchanged');
});

test('triggers that come while a sync goes on join the next one, which has what was changed meanwhile', async (t) => {
  const world = await servedWorld(t);
  await mustSync(world);
  plant(world.tree, file('b', '2'));
  world.proxy.hold();
  const first = world.source.start('sync', 'photos', '--json');
  // The second time after its scan.
  await first.line(/"phase":"connect"/, 2);
  plant(world.tree, file('c', '3'));
  const late = [world.source.start('sync', 'photos', '--json'), world.source.start('sync', 'photos', '--json')];
  for (const trigger of late) await trigger.line(/"phase":"connect"/);
  world.proxy.release();
  const runs = await Promise.all([first, ...late].map(async (trigger) => readJsonRun(await trigger.finished)));
  const [before, second, third] = runs.map(mustSucceed);
  assert.deepEqual([before?.kind, second?.kind, third?.kind], ['done', 'done', 'done']);
  assert.equal(second?.session, third?.session);
  assert.notEqual(second?.session, before?.session);
  assertMirrored(world.tree, world.mirror);
});

test('a second agent is refused', async (t) => {
  const world = await servedWorld(t);
  const second = await world.source.run('agent');
  assert.equal(second.status, 1, `${second.stdout}\n${second.stderr}`);
  assert.equal((await mustSync(world)).outcome.kind, 'done');
});

test('a stopped agent leaves nothing behind, and syncs go on without it', async (t) => {
  const world = await servedWorld(t);
  await mustSync(world);
  const ended = await world.agent.stop('SIGTERM');
  assert.equal(ended.status, 0, `${ended.stdout}\n${ended.stderr}`);
  assert.equal(existsSync(world.socket), false);
  plant(world.tree, file('b', '2'));
  await syncAndCheck(world);
});

test('after a killed agent the next command works', async (t) => {
  const world = await servedWorld(t);
  await world.agent.stop('SIGKILL');
  await syncAndCheck(world);
});
