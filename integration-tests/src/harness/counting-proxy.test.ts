import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { CountingProxy, type ProxyOptions } from './counting-proxy.js';
import { seeded } from './random.js';
import { Trunk } from './trunk.js';

/** A server that answers with what it is sent, and a proxy in front of it. */
async function echoing(t: TestContext, options: ProxyOptions = {}): Promise<CountingProxy> {
  const server = createServer({ allowHalfOpen: true }, (socket) => socket.on('error', () => {}).pipe(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const proxy = await CountingProxy.listen((server.address() as AddressInfo).port, options);
  t.after(async () => {
    await proxy.close();
    server.close();
  });
  return proxy;
}

async function collect(socket: Socket): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of socket) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}

test('what goes in comes out, and both directions are counted', async (t) => {
  const proxy = await echoing(t);
  const sent = seeded(1).bytes(3_000_000);
  const client = connect(proxy.port, '127.0.0.1');
  client.end(sent);
  assert.ok((await collect(client)).equals(sent));
  assert.deepEqual(proxy.traffic(), { upBytes: sent.length, downBytes: sent.length });
  proxy.reset();
  assert.equal(proxy.totalBytes(), 0);
});

test('a delayed link takes its time both ways and keeps the order', async (t) => {
  const proxy = await echoing(t, { delayMs: 30 });
  const sent = seeded(2).bytes(500_000);
  const startedMs = performance.now();
  const client = connect(proxy.port, '127.0.0.1');
  client.end(sent);
  assert.ok((await collect(client)).equals(sent));
  assert.ok(performance.now() - startedMs >= 60);
});

test('a slow link lets no more through than its rate, and keeps the order', async (t) => {
  const proxy = await echoing(t, { bytesPerSecond: 2_000_000 });
  const sent = seeded(3).bytes(400_000);
  const startedMs = performance.now();
  const client = connect(proxy.port, '127.0.0.1');
  client.end(sent);
  assert.ok((await collect(client)).equals(sent));
  assert.ok(performance.now() - startedMs >= 200);
});

test('a held link delivers nothing until it is released', async (t) => {
  const proxy = await echoing(t);
  const client = connect(proxy.port, '127.0.0.1');
  client.write('one');
  await proxy.reached(6);
  proxy.hold();
  client.end('two');
  await new Promise(setImmediate);
  assert.equal(proxy.totalBytes(), 6);
  proxy.release();
  assert.equal((await collect(client)).toString(), 'onetwo');
});

test('a cut link ends the connection on both sides', async (t) => {
  const proxy = await echoing(t);
  const client = connect(proxy.port, '127.0.0.1');
  client.on('error', () => {});
  client.write('hello');
  await proxy.reached(10);
  proxy.cut();
  client.resume();
  await once(client, 'close');
});

test('a link that is to be cut at a byte lets exactly that many through', async (t) => {
  const proxy = await echoing(t);
  proxy.cutAt(70_000);
  const client = connect(proxy.port, '127.0.0.1');
  client.on('error', () => {});
  client.write(seeded(4).bytes(100_000));
  client.resume();
  await once(client, 'close');
  assert.equal(proxy.totalBytes(), 70_000);
  const next = connect(proxy.port, '127.0.0.1');
  next.end('the next one holds');
  assert.equal((await collect(next)).toString(), 'the next one holds');
});

test('a severed link lets nobody through until it is mended', async (t) => {
  const proxy = await echoing(t);
  proxy.sever();
  const client = connect(proxy.port, '127.0.0.1');
  client.on('error', () => {});
  client.resume();
  await once(client, 'close');
  assert.equal(proxy.totalBytes(), 0);
  proxy.mend();
  const next = connect(proxy.port, '127.0.0.1');
  next.end('mended');
  assert.equal((await collect(next)).toString(), 'mended');
});

test('links that share a cable are as slow together as it is', async (t) => {
  const trunk = new Trunk();
  trunk.bytesPerSecond = 2_000_000;
  const proxies = [await echoing(t, { trunk }), await echoing(t, { trunk })];
  const sent = seeded(5).bytes(200_000);
  const startedMs = performance.now();
  const echoed = proxies.map(({ port }) => {
    const client = connect(port, '127.0.0.1');
    client.end(sent);
    return collect(client);
  });
  for (const echo of await Promise.all(echoed)) assert.ok(echo.equals(sent));
  assert.ok(performance.now() - startedMs >= 200);
});
