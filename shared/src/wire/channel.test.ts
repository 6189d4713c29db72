import { strict as assert } from 'node:assert';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { limits } from '../model/limits.js';
import { startProxy } from './testing/proxy.js';
import { collect, GREETING, serve } from './testing/serving.js';

/** Greets, waits for a word, uploads until nothing is taken any more, and closes the channel. */
const UPLOADER = `
import { once } from 'node:events';
import { RemoteClient } from ${JSON.stringify(new URL('./client.js', import.meta.url).href)};
const client = RemoteClient.connect(JSON.parse(process.argv[1]));
await client.hello();
console.log('hello');
await once(process.stdin, 'data');
process.stdin.destroy();
async function* frames() {
  for (;;) {
    const stuck = setTimeout(() => client.close(), 500);
    yield { data: Buffer.alloc(${limits.frameSizeMaxBytes}) };
    clearTimeout(stuck);
  }
}
await client.apply(frames()).next().catch((error) => console.log(error.kind));`;

test('a process whose remote stops in mid-upload ends once it has closed the channel', { timeout: 60_000 }, async (t) => {
  const { server, remote } = await serve(t, {
    hello: async () => GREETING,
    // biome-ignore lint/correctness/useYield: the handler answers nothing
    async *apply(requests) {
      for await (const _ of requests);
    },
  });
  const proxy = await startProxy(server.port, 0);
  t.after(() => proxy.close());
  const address = { kind: 'tls', host: '127.0.0.1', port: proxy.port, ca: remote.ca, ...remote.source };
  const child = spawn(process.execPath, ['--input-type=module', '-e', UPLOADER, JSON.stringify(address)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  t.after(() => child.kill('SIGKILL'));
  const [hello] = await once(child.stdout, 'data');
  assert.equal(String(hello), 'hello\n');
  proxy.stall();
  child.stdin.end('go');
  const [said] = await once(child.stdout, 'data');
  assert.equal(String(said), 'unreachable\n');
  assert.deepEqual(await once(child, 'exit'), [0, null]);
});

test('closing a channel ends the calls that run on it', { timeout: 60_000 }, async (t) => {
  const { connect, server } = await serve(t, {
    async *openSession(_, { signal }) {
      yield { checking: { entries: 1 } };
      await once(signal, 'abort');
    },
  });
  const client = connect();
  const session = client.openSession({});
  await session.next();
  client.close();
  await assert.rejects(collect(session), { kind: 'unreachable' });
  // Resolves only when the handler has ended.
  await server.close(60_000);
});
