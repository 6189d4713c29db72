import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { status } from '@grpc/grpc-js';
import type { ServeOptions } from './service.js';
import { HealthClient } from './testing/health-client.js';
import { serve } from './testing/serving.js';

const [SERVING, NOT_SERVING, SERVICE_UNKNOWN] = [1, 2, 3];

async function watched(t: TestContext, options: ServeOptions = {}) {
  const { server, remote } = await serve(t, {}, options);
  const client = new HealthClient({ port: server.port, ca: remote.ca, ...remote.source });
  t.after(() => client.close());
  return { server, client };
}

test('a server says that it serves, of itself and of the service that it has', async (t) => {
  const { client } = await watched(t);
  assert.equal(await client.check(), SERVING);
  assert.equal(await client.check('btsoot.v1.Remote'), SERVING);
  await assert.rejects(client.check('btsoot.v1.Control'), { code: status.NOT_FOUND });
});

test('who watches hears the state at once, also of what there is not, and is let go when the server ends', async (t) => {
  const { server, client } = await watched(t);
  const [states, unknown] = [client.watch(), client.watch('some.Service')];
  assert.equal((await states.next()).value, SERVING);
  assert.equal((await unknown.next()).value, SERVICE_UNKNOWN);
  const closed = server.close(60_000);
  assert.equal((await states.next()).value, NOT_SERVING);
  assert.equal((await states.next()).done, true);
  assert.equal((await unknown.next()).done, true);
  await closed;
});

test('a server that is not well says so, and again when it is', async (t) => {
  let isWell = false;
  const { client } = await watched(t, { isWell: () => isWell });
  assert.equal(await client.check(), NOT_SERVING);
  const states = client.watch();
  assert.equal((await states.next()).value, NOT_SERVING);
  isWell = true;
  assert.equal(await client.check(), SERVING);
  assert.equal((await states.next()).value, SERVING);
});

test('a source that was revoked is told nothing', async (t) => {
  let isPaired = true;
  const { client } = await watched(t, { admit: () => isPaired });
  assert.equal(await client.check(), SERVING);
  isPaired = false;
  await assert.rejects(client.check(), { code: status.PERMISSION_DENIED });
});
