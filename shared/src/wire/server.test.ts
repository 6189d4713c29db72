import { strict as assert } from 'node:assert';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect as dial } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Client, credentials } from '@grpc/grpc-js';
import { BtsootError } from '../model/errors.js';
import { limits } from '../model/limits.js';
import { RemoteClient } from './client.js';
import type { ApplyRequest, ChildrenRequest } from './messages.js';
import { serveRemote } from './server.js';
import { startProxy } from './testing/proxy.js';
import { collect, GREETING, NOTHING, serve } from './testing/serving.js';

test('requests and replies of a bidirectional call interleave', async (t) => {
  const { connect } = await serve(t, {
    async *listChildren(requests) {
      for await (const { directoryIds } of requests) for (const id of directoryIds) yield { directoryId: id, last: true };
    },
  });
  const replied: number[] = [];
  let release = () => {};
  async function* questions(): AsyncGenerator<ChildrenRequest> {
    yield { directoryIds: [1, 2] };
    await new Promise<void>((resolve) => {
      release = resolve;
    });
    yield { directoryIds: [3] };
  }
  for await (const page of connect().listChildren(questions())) {
    replied.push(page.directoryId);
    // The second question is asked because of the first one's answers.
    if (replied.length === 2) release();
  }
  assert.deepEqual(replied, [1, 2, 3]);
});

test('a BtsootError crosses with its kind, message and hint; a bug crosses without a word', async (t) => {
  const logged: unknown[] = [];
  const bug = new TypeError('secret /home/somebody');
  const { connect } = await serve(
    t,
    {
      async createBlock({ folder }) {
        if (folder.toString() === 'bug') throw bug;
        throw new BtsootError('denied', 'no grant for fötos 100%\n', { hint: 'Grant it → there.' });
      },
      // biome-ignore lint/correctness/useYield: it fails first
      async *openSession() {
        throw new BtsootError('busy', 'somebody else holds the block');
      },
    },
    { onError: (error, method) => logged.push([error, method]) },
  );
  const client = connect();
  await assert.rejects(client.createBlock('x' as never), {
    name: 'BtsootError',
    kind: 'denied',
    message: 'no grant for fötos 100%\ufffd',
    hint: 'Grant it → there.',
  });
  await assert.rejects(client.createBlock('bug' as never), { kind: 'internal', message: 'internal error', hint: undefined });
  await assert.rejects(collect(client.openSession({})), { kind: 'busy', message: 'somebody else holds the block' });
  assert.deepEqual(logged, [[bug, 'CreateBlock']]);
});

test('an upload that the remote refuses in its middle ends, and the connection stays good', async (t) => {
  const { connect } = await serve(t, {
    async hello() {
      return GREETING;
    },
    async *apply(requests) {
      let seen = 0;
      for await (const _ of requests) if (++seen === 20) throw new BtsootError('no-space', 'the disk is full');
      yield {};
    },
  });
  let asked = 0;
  const client = connect();
  const endless = function* (): Generator<ApplyRequest> {
    for (;;) {
      asked++;
      yield { data: Buffer.alloc(limits.frameSizeMaxBytes) };
    }
  };
  await assert.rejects(collect(client.apply(endless())), { kind: 'no-space', message: 'the disk is full' });
  assert.ok(asked < 200, `${asked} frames were asked for`);
  assert.equal((await client.hello()).version, '0.1.0');
});

test('a caller that leaves, and one whose link is cut, abort the handler', async (t) => {
  const aborted: string[] = [];
  const ended = new EventTarget();
  const { server, connect } = await serve(t, {
    async *openSession({ folder }, { signal }) {
      try {
        yield { checking: { entries: 1 } };
        await once(signal, 'abort');
      } finally {
        aborted.push(`${folder}:${signal.aborted}`);
        ended.dispatchEvent(new Event('ended'));
      }
    },
  });
  const leaving = connect().openSession({ folder: Buffer.from('left') });
  await leaving.next();
  const left = once(ended, 'ended');
  await leaving.return();
  await left;

  const proxy = await startProxy(server.port, 0);
  t.after(() => proxy.close());
  const cut = connect(proxy.port).openSession({ folder: Buffer.from('cut') });
  await cut.next();
  const gone = once(ended, 'ended');
  proxy.cut();
  await assert.rejects(cut.next(), { kind: 'unreachable' });
  await gone;
  assert.deepEqual(aborted, ['left:true', 'cut:true']);
});

test('a handler that waits for requests is let go when its caller is gone', async (t) => {
  const ended: string[] = [];
  const { server, connect } = await serve(t, {
    async *apply(requests, { signal }) {
      yield {};
      try {
        for await (const _ of requests);
        if (!signal.aborted) await once(signal, 'abort');
      } finally {
        ended.push('let go');
      }
    },
  });
  const leaving = connect().apply(never());
  await leaving.next();
  await leaving.return();

  const proxy = await startProxy(server.port, 0);
  t.after(() => proxy.close());
  const cut = connect(proxy.port).apply(never());
  await cut.next();
  proxy.cut();
  await assert.rejects(cut.next(), { kind: 'unreachable' });

  await server.close(5_000);
  assert.deepEqual(ended, ['let go', 'let go']);
});

async function* never(): AsyncGenerator<ApplyRequest> {
  await new Promise(() => {});
  yield {};
}

test('closing waits for what runs, and takes nothing new', async (t) => {
  let finish = () => {};
  const { server, connect } = await serve(t, {
    async hello() {
      return GREETING;
    },
    async *openSession() {
      yield { checking: { entries: 1 } };
      await new Promise<void>((resolve) => {
        finish = resolve;
      });
      yield { checking: { entries: 2 } };
    },
  });
  const client = connect();
  const session = client.openSession({});
  await session.next();
  const closing = server.close(60_000);
  await assert.rejects(client.hello(), { kind: 'unreachable' });
  finish();
  assert.equal((await session.next()).value?.checking?.entries, 2);
  await session.next();
  await closing;
});

test('closing cuts what does not end in time, and connections that never said anything', async (t) => {
  const { server, connect } = await serve(t, {
    async *openSession(_, { signal }) {
      yield { checking: { entries: 1 } };
      await once(signal, 'abort');
    },
  });
  const session = connect().openSession({});
  await session.next();
  const proxy = await startProxy(server.port, 0);
  t.after(() => proxy.close());
  const mute = dial(proxy.port, '127.0.0.1');
  mute.on('error', () => {});
  await once(mute, 'connect');

  await server.close(50);
  await assert.rejects(session.next(), { kind: 'unreachable' });
});

test('a message over the limit is refused, on both ways', async (t) => {
  const large = Buffer.alloc(limits.messageSizeMaxBytes);
  const { connect } = await serve(t, {
    async *apply(requests) {
      for await (const _ of requests) yield {};
    },
    async *readContents() {
      yield { data: large };
    },
  });
  const client = connect();
  await assert.rejects(collect(client.apply([{ data: large }])), { kind: 'invalid' });
  await assert.rejects(collect(client.readContents([])), { kind: 'invalid' });
});

test('a message of many empty entries is refused before it is decoded, in both directions', async (t) => {
  const { connect } = await serve(t, {
    async *listChildren(requests) {
      for await (const _ of requests) yield { children: Array.from({ length: limits.childrenPerPageMax + 1 }, () => ({})) };
    },
    async *apply(requests) {
      for await (const _ of requests) yield {};
    },
    async listSessions() {
      return { sessions: Array.from({ length: limits.sessionsPerReplyMax + 1 }, () => ({})) };
    },
  });
  const client = connect();
  const contents = Array.from({ length: limits.contentsPerQueryMax + 1 }, () => ({}));
  await assert.rejects(client.queryContents({ contents }), { kind: 'invalid', message: /ContentsQuery has more than 4096/ });
  const steps = Array.from({ length: limits.stepsPerMessageMax + 1 }, () => ({}));
  await assert.rejects(collect(client.apply([{ steps: { steps } }])), { kind: 'invalid', message: /StepBatch has more than/ });
  const directoryIds = Array.from({ length: limits.directoriesPerRequestMax + 1 }, () => 1);
  await assert.rejects(collect(client.listChildren([{ directoryIds }])), {
    kind: 'invalid',
    message: /ChildrenRequest has more/,
  });
  await assert.rejects(collect(client.listChildren([{}])), { kind: 'invalid', message: /ChildrenPage has more than 1000/ });
  await assert.rejects(client.listSessions(Buffer.alloc(16)), { kind: 'invalid', message: /ListSessionsReply has more/ });
});

test('a message that says little may not be large', async (t) => {
  const { connect } = await serve(t, {});
  const folder = Buffer.alloc(limits.smallMessageMaxBytes);
  await assert.rejects(collect(connect().openSession({ folder })), { kind: 'invalid', message: /OpenSessionRequest has/ });
});

test('a handler that never ends is reported, and does not keep a server from closing', async (t) => {
  const reported: unknown[] = [];
  const { server, connect } = await serve(
    t,
    {
      async *openSession() {
        yield { checking: { entries: 1 } };
        await new Promise(() => {});
      },
    },
    { onError: (error, method) => reported.push([String(error), method]) },
  );
  await connect().openSession({}).next();
  await server.close(0, 50);
  assert.deepEqual(reported, [['BtsootError: 1 handlers do not end, and are left behind', 'close']]);
});

test('bytes that are no message end the call and its handler, and nothing else', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'btsoot-garbage-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'remote.sock');
  const handlers = {
    ...NOTHING,
    async *apply(requests: AsyncIterable<unknown>) {
      for await (const _ of requests) yield {};
    },
    async hello() {
      return GREETING;
    },
  };
  const server = await serveRemote(handlers, { kind: 'unix', path });
  const stranger = new Client(`unix:${path}`, credentials.createInsecure());
  t.after(() => stranger.close());
  const asIs = (bytes: Buffer) => bytes;
  const call = stranger.makeBidiStreamRequest('/btsoot.v1.Remote/Apply', asIs, asIs);
  const failed = new Promise((resolve) => call.once('error', resolve));
  call.write(Buffer.from([0x0a, 0xff, 0xff, 0xff, 0xff, 0x7f]));
  call.resume();
  assert.match(String(await failed), /INVALID_ARGUMENT/);

  const client = RemoteClient.connect({ kind: 'unix', path });
  assert.equal((await client.hello()).remoteName, 'pi');
  client.close();
  await server.close(5_000);
});
