import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { serveControl } from '@btsoot/shared/wire/server.js';
import type { ControlHandlers } from '@btsoot/shared/wire/service.js';
import { temporaryPaths } from './fixtures.js';
import type { Paths } from './paths.js';
import { findAgent } from './trigger.js';

/** Something that answers at the agent's socket, when the work is done. */
async function answering(t: TestContext, work: () => Promise<unknown>): Promise<Paths> {
  const paths = temporaryPaths();
  mkdirSync(paths.stateDirectory, { recursive: true });
  const ping: ControlHandlers['ping'] = async () => {
    await work();
    return { version: '0', pid: 1 };
  };
  const server = await serveControl({ ping } as ControlHandlers, paths.agentSocket);
  t.after(() => server.close(0, 0));
  return paths;
}

test('an agent on a machine under load takes seconds to answer, and is found all the same', async (t) => {
  const client = await findAgent(await answering(t, () => pause(2_500)));
  assert.ok(client !== null);
  client.close();
});

test('an agent that does not answer is left alone', async (t) => {
  assert.equal(await findAgent(await answering(t, () => new Promise(() => {})), 50), null);
});
