import { strict as assert } from 'node:assert';
import { once } from 'node:events';
import { connect as dialHttp2 } from 'node:http2';
import { type AddressInfo, createServer, connect as dialPlain, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { connect as dialTls, type TLSSocket } from 'node:tls';
import { BtsootError } from '../model/errors.js';
import { limits } from '../model/limits.js';
import { type RunningServer, servePairing } from './server.js';
import { Strangers } from './strangers.js';
import { makeTestRemote, type TestRemote } from './testing/certificates.js';
import { GREETING, serve } from './testing/serving.js';

/** A client's connection, as TLS has it once the server has said its first HTTP/2 words, or null where it hung up before. */
async function visit(t: TestContext, port: number, { ca, source }: TestRemote): Promise<TLSSocket | null> {
  const identity = { ca, cert: source.certificate, key: source.key, servername: 'btsoot-remote', ALPNProtocols: ['h2'] };
  const socket = dialTls({ host: '127.0.0.1', port, ...identity });
  t.after(() => socket.destroy());
  socket.on('error', () => {});
  const greeted = once(socket, 'data').then(() => socket);
  return Promise.race([greeted, closed(socket).then(() => null)]);
}

/** Also of a socket that is closed already. */
async function closed(socket: Socket): Promise<void> {
  if (!socket.closed) await new Promise<void>((resolve) => socket.once('close', () => resolve()));
}

async function silent(t: TestContext, port: number): Promise<Socket> {
  const socket = dialPlain(port, '127.0.0.1');
  t.after(() => socket.destroy());
  socket.on('error', () => {});
  socket.resume();
  await once(socket, 'connect');
  return socket;
}

test('one certificate gets only so many connections, and has room again when one has gone', async (t) => {
  const { server, remote } = await serve(t, {});
  const held: TLSSocket[] = [];
  for (let i = 0; i < limits.connectionsPerSourceMax; i++) {
    const socket = await visit(t, server.port, remote);
    assert.ok(socket !== null, `connection ${i}`);
    held.push(socket);
  }
  const over = await visit(t, server.port, remote);
  if (over !== null) await closed(over);
  held[0]?.destroy();
  // The server hears of it a moment later.
  for (let alive = false; !alive; ) {
    const socket = await visit(t, server.port, remote);
    if (socket !== null) alive = await Promise.race([closed(socket).then(() => false), oneRoundTrip(socket)]);
  }
});

/** HTTP/2's preface and settings; the server acknowledges those, on a connection that it means to keep. */
async function oneRoundTrip(socket: TLSSocket): Promise<boolean> {
  socket.write(Buffer.concat([Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), Buffer.from('000000040000000000', 'hex')]));
  await once(socket, 'data');
  return true;
}

test('who is not admitted is told so, and then cut; more than two connections he does not get', async (t) => {
  const denied = new BtsootError('denied', 'revoked');
  const { server, remote, connect } = await serve(
    t,
    {
      async hello() {
        throw denied;
      },
    },
    { admit: () => false },
  );
  const first = await visit(t, server.port, remote);
  assert.ok(first !== null);
  await assert.rejects(connect().hello(), { kind: 'denied', message: 'revoked' });
  const third = await visit(t, server.port, remote);
  if (third !== null) await closed(third);
  await closed(first);
});

test('a connection whose source is revoked is cut, and those of others are not', async (t) => {
  let admitted = true;
  const { server, remote } = await serve(t, {}, { admit: () => admitted });
  const socket = await visit(t, server.port, remote);
  assert.ok(socket !== null);
  admitted = false;
  await closed(socket);
});

test('silent connections of one address cannot keep out one that speaks', async (t) => {
  const { connect, server } = await serve(t, {
    async hello() {
      return GREETING;
    },
  });
  const mute: Socket[] = [];
  for (let i = 0; i < limits.connectionsMax + 10; i++) mute.push(await silent(t, server.port));
  assert.equal((await connect().hello()).remoteName, 'pi');
  await closed(mute[0] as Socket);
});

test('the oldest stranger goes first, of his address and of all, and each when his time is over', async (t) => {
  const strangers = new Strangers({ most: 3, mostPerAddress: 2, lifeMaxMs: 100 });
  const server = createServer((socket) => {
    socket.on('error', () => {});
    strangers.add(socket);
  }).listen(0, '127.0.0.1');
  t.after(() => server.close());
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const order: string[] = [];
  const come = async (name: string, localAddress: string): Promise<Socket> => {
    const socket = dialPlain({ host: '127.0.0.1', port, localAddress });
    socket.on('error', () => {});
    socket.resume();
    await once(socket, 'connect');
    socket.once('close', () => order.push(name));
    return socket;
  };
  const a1 = await come('a1', '127.0.0.2');
  const a2 = await come('a2', '127.0.0.2');
  const a3 = await come('a3', '127.0.0.2');
  await closed(a1);
  const b = await come('b', '127.0.0.3');
  const c = await come('c', '127.0.0.4');
  await closed(a2);
  assert.deepEqual(order, ['a1', 'a2']);
  await Promise.all([a3, b, c].map(closed));
});

async function pairingServer(t: TestContext): Promise<{ server: RunningServer; remote: TestRemote }> {
  const remote = makeTestRemote();
  const { certificate, key } = remote.server;
  const server = await servePairing(async () => ({}), { host: '127.0.0.1', port: 0, certificate: certificate + remote.ca, key });
  t.after(() => server.close(0));
  return { server, remote };
}

test('a pairing service keeps a handful of connections of an address, and none for long', async (t) => {
  const { server, remote } = await pairingServer(t);
  const visitors: Promise<TLSSocket | null>[] = [];
  for (let i = 0; i < 2 * limits.pairingConnectionsMax; i++) visitors.push(visit(t, server.port, remote));
  const sockets = (await Promise.all(visitors)).filter((socket) => socket !== null);
  assert.ok(sockets.length > 0);
  const started = performance.now();
  await Promise.all(sockets.map(closed));
  assert.ok(performance.now() - started < limits.pairingConnectionMaxMs + 5_000);
});

test('a pairing service takes one call of a connection at a time, and none that is large', async (t) => {
  const { server, remote } = await pairingServer(t);
  const session = dialHttp2(`https://127.0.0.1:${server.port}`, { ca: remote.ca, servername: 'btsoot-remote' });
  t.after(() => session.destroy());
  session.on('error', () => {});
  await once(session, 'remoteSettings');
  assert.equal(session.remoteSettings.maxConcurrentStreams, 1);
  const headers = { ':method': 'POST', ':path': '/btsoot.v1.Pairing/Pair', 'content-type': 'application/grpc', te: 'trailers' };
  const call = session.request(headers);
  call.on('error', () => {});
  call.resume();
  const head = Buffer.alloc(5);
  head.writeUInt32BE(limits.smallMessageMaxBytes + 1, 1);
  call.end(head);
  const [answer] = await once(call, 'response');
  assert.match(String(answer['grpc-message']), /larger/);
});
