import { strict as assert } from 'node:assert';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { BtsootError } from '../model/errors.js';
import { RemoteClient } from './client.js';
import type { ApplyRequest } from './messages.js';
import { PROTOCOL } from './protocol.js';
import { makeTestRemote } from './testing/certificates.js';
import { startProxy } from './testing/proxy.js';
import { collect, GREETING, serve } from './testing/serving.js';

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  assert.ok(address !== null && typeof address === 'object');
  return address.port;
}

test('nobody there is unreachable, at once, with the address', async (t) => {
  const port = await freePort();
  const { ca, source } = makeTestRemote();
  const client = RemoteClient.connect({ kind: 'tls', host: '127.0.0.1', port, ca, ...source });
  t.after(() => client.close());
  const started = performance.now();
  for (let attempt = 0; attempt < 2; attempt++) {
    await assert.rejects(client.hello(), (error) => {
      assert.ok(error instanceof BtsootError);
      assert.equal(error.kind, 'unreachable');
      assert.match(error.message, new RegExp(`127\\.0\\.0\\.1:${port}`));
      return error.retryable;
    });
  }
  await assert.rejects(collect(client.openSession({})), { kind: 'unreachable' });
  assert.ok(performance.now() - started < 5_000);
});

test('a channel works again when the remote is back', async (t) => {
  const { server, connect } = await serve(t, {
    async hello() {
      return GREETING;
    },
  });
  const proxy = await startProxy(server.port, 0);
  t.after(() => proxy.close());
  const client = connect(proxy.port);
  await client.hello();
  proxy.cut();
  const deadline = Date.now() + 10_000;
  for (;;) {
    const reply = await client.hello().catch((error: unknown) => error);
    if (!(reply instanceof Error)) break;
    assert.ok(reply instanceof BtsootError && reply.kind === 'unreachable', `${reply}`);
    assert.ok(Date.now() < deadline);
  }
});

test('a signal cancels calls: before they start, while they wait, while they stream', async (t) => {
  const { connect } = await serve(t, {
    async hello(_, { signal }) {
      await once(signal, 'abort');
      return GREETING;
    },
    async *openSession(_, { signal }) {
      yield { checking: { entries: 1 } };
      await once(signal, 'abort');
    },
  });
  const client = connect();
  await assert.rejects(client.hello(AbortSignal.abort()), { kind: 'cancelled' });

  const abort = new AbortController();
  const session = client.openSession({}, abort.signal);
  await session.next();
  const waiting = client.hello(abort.signal);
  abort.abort(new BtsootError('cancelled', 'stopped by the user'));
  await assert.rejects(waiting, { kind: 'cancelled', message: 'stopped by the user' });
  await assert.rejects(session.next(), { kind: 'cancelled', message: 'stopped by the user' });
});

test('an error of the requests comes out of the replies, and ends the call', async (t) => {
  const { server, connect } = await serve(t, {
    async *apply(requests) {
      for await (const _ of requests) yield {};
    },
  });
  async function* failing(): AsyncGenerator<ApplyRequest> {
    yield { finish: {} };
    throw new BtsootError('io', 'the source disk broke');
  }
  await assert.rejects(collect(connect().apply(failing())), { kind: 'io', message: 'the source disk broke' });
  // Resolves only when the handler has ended.
  await server.close(60_000);
});

test('another major is refused, and says which side to upgrade', async (t) => {
  const { connect } = await serve(t, {
    async hello() {
      return { ...GREETING, protocolMajor: PROTOCOL.major + 1 };
    },
  });
  await assert.rejects(connect().hello(), { kind: 'version', hint: "Upgrade BTSOOT on the source's machine." });
});

test('connecting, Hello and OpenSession take less than 5 KB in all', async (t) => {
  const { server, connect } = await serve(t, {
    async hello() {
      return { ...GREETING, blocks: [{ folder: Buffer.from('photos'), entries: 200, bytes: 1_000_000 }] };
    },
    async *openSession() {
      const meta = { mode: 0o755, uid: 1000, gid: 1000, mtimeUs: 1_700_000_000_000_000 };
      const root = { id: 1, kind: 'DIRECTORY', meta, digest: Buffer.alloc(16, 2) } as const;
      const manifestId = '7b0a4f5e-1111-4222-8333-444455556666';
      yield { opened: { session: Buffer.alloc(16, 1), manifestId, stateDigest: Buffer.alloc(16, 3), rootId: 1, root } };
    },
  });
  const proxy = await startProxy(server.port, 0);
  t.after(() => proxy.close());
  const client = connect(proxy.port);
  await client.hello();
  const hello = proxy.upBytes + proxy.downBytes;
  for await (const event of client.openSession({ protocolMajor: PROTOCOL.major, folder: Buffer.from('photos') }))
    assert.ok(event.opened);
  const total = proxy.upBytes + proxy.downBytes;
  t.diagnostic(`${proxy.upBytes} bytes up, ${proxy.downBytes} down; ${hello} until Hello, ${total} in all`);
  assert.ok(total <= 5_000, `${total} bytes`);
});
