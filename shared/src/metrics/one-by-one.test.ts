import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent, createServer, type IncomingMessage, request } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { type TestContext, test } from 'node:test';
import { oneByOne } from './one-by-one.js';

async function serving(t: TestContext) {
  const seen: string[] = [];
  const server = createServer(
    oneByOne((asked, response) => {
      seen.push(asked.url ?? '');
      setImmediate(() => response.end('x'.repeat(1_000_000)));
    }),
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close().closeAllConnections());
  return { port: (server.address() as AddressInfo).port, seen };
}

test('who asks a thousand times without reading is cut off at the second', async (t) => {
  const { port, seen } = await serving(t);
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.write('GET /a HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(1_000));
  socket.resume();
  await once(socket, 'close');
  assert.deepEqual(seen, ['/a']);
});

test('one request after another is answered on one connection', async (t) => {
  const { port, seen } = await serving(t);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  t.after(() => agent.destroy());
  const ports = new Set<number | undefined>();
  for (const path of ['/1', '/2', '/3', '/4']) {
    const [answer] = (await once(request({ host: '127.0.0.1', port, path, agent }).end(), 'response')) as [IncomingMessage];
    ports.add(answer.socket.localPort);
    let bytes = 0;
    for await (const part of answer) bytes += (part as Buffer).length;
    assert.equal(bytes, 1_000_000);
  }
  assert.deepEqual(seen, ['/1', '/2', '/3', '/4']);
  assert.equal(ports.size, 1);
});
