import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { BtsootError } from '../model/errors.js';
import { limits } from '../model/limits.js';
import { serveMetrics } from './server.js';

const host = '127.0.0.1';

async function freePort(): Promise<number> {
  const server = createServer().listen(0, host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function serving(t: TestContext, render: () => Promise<string>, requestMaxMs?: number) {
  const port = await freePort();
  const errors: unknown[] = [];
  const server = await serveMetrics({ host, port }, render, (error) => errors.push(error), requestMaxMs);
  t.after(() => server.close());
  return { port, errors, url: `http://${host}:${port}` };
}

const page = async (): Promise<string> => 'up 1\n';

test('the page is at /metrics, and nothing else is anywhere', async (t) => {
  const { url } = await serving(t, page);
  const found = await fetch(`${url}/metrics?name=up`);
  assert.equal(found.headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8');
  assert.equal(await found.text(), 'up 1\n');
  assert.equal((await fetch(`${url}/`)).status, 404);
  assert.equal((await fetch(`${url}/metrics`, { method: 'POST', body: 'x' })).status, 405);
  assert.equal((await fetch(`${url}/metrics`, { method: 'HEAD' })).status, 200);
});

test('a name of somebody else that was made to lead here (DNS rebinding) is told nothing', async (t) => {
  const { port } = await serving(t, page);
  const askedBy = async (name: string): Promise<number | undefined> => {
    const asking = request({ host, port, path: '/metrics', headers: { Host: name }, agent: false }).end();
    const [answer] = (await once(asking, 'response')) as [IncomingMessage];
    answer.resume();
    return answer.statusCode;
  };
  for (const name of [`127.0.0.1:${port}`, 'LOCALHOST', '[::1]:9']) assert.equal(await askedBy(name), 200, name);
  for (const name of ['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example:80', '192.0.2.1'])
    assert.equal(await askedBy(name), 403, name);
});

test('what cannot be rendered is said to who serves, and the next page may be good', async (t) => {
  let isGood = false;
  const { url, errors } = await serving(t, async () => {
    if (isGood) return 'up 1\n';
    throw new Error('no disk');
  });
  assert.equal((await fetch(`${url}/metrics`)).status, 500);
  assert.match(String(errors[0]), /no disk/);
  isGood = true;
  assert.equal((await fetch(`${url}/metrics`)).status, 200);
});

test('an address that another has is refused', async (t) => {
  const { port } = await serving(t, page);
  const second = serveMetrics({ host, port }, page, () => {});
  await assert.rejects(second, (error) => error instanceof BtsootError && error.kind === 'exists');
});

test('a head may be as long as the limit says', async (t) => {
  const { url } = await serving(t, page);
  const withHeader = (length: number) => fetch(`${url}/metrics`, { headers: { filler: 'x'.repeat(length) } });
  // Beside it the head has a few hundred bytes more.
  assert.equal((await withHeader(limits.metricsHeaderMaxBytes - 1_000)).status, 200);
  assert.equal((await withHeader(limits.metricsHeaderMaxBytes)).status, 431);
});

test('so many may read at a time, and no more', async (t) => {
  const { port } = await serving(t, page);
  const open = async (): Promise<Socket> => {
    const socket = connect(port, host);
    t.after(async () => void socket.destroy());
    await once(socket, 'connect');
    return socket;
  };
  const sockets: Socket[] = [];
  for (let count = 0; count < limits.metricsConnectionsMax; count++) sockets.push(await open());
  sockets.at(-1)?.write('GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n');
  const [answer] = (await once(sockets.at(-1) as Socket, 'data')) as [Buffer];
  assert.match(answer.toString(), /^HTTP\/1\.1 200 /);
  await once(await open(), 'close');
});

test('who does not come to the point is cut off', async (t) => {
  const { port } = await serving(t, page, 100);
  const socket = connect(port, host);
  socket.write('GET /metrics HTTP/1.1\r\n');
  socket.resume();
  await once(socket, 'close');
});
