import { strict as assert } from 'node:assert';
import { createHash, X509Certificate } from 'node:crypto';
import { connect as dialPlain } from 'node:net';
import { type TestContext, test } from 'node:test';
import { connect as dialTls, type TLSSocket } from 'node:tls';
import { RemoteClient } from './client.js';
import { makeTestRemote } from './testing/certificates.js';
import { GREETING, serve } from './testing/serving.js';
import { cipherOrder } from './tls.js';

type Wish = { ca: string; cert?: string; key?: string; maxVersion?: 'TLSv1.2'; minVersion?: 'TLSv1.2'; ciphers?: string };

/** What a stranger's TLS client gets from the server: the bytes it says first, or how it hangs up. */
function greet(t: TestContext, port: number, wish: Wish): Promise<{ socket: TLSSocket; first: Buffer }> {
  return new Promise((resolve, reject) => {
    const socket = dialTls({ host: '127.0.0.1', port, servername: 'btsoot-remote', ALPNProtocols: ['h2'], ...wish });
    t.after(() => socket.destroy());
    socket.once('error', reject);
    socket.once('close', () => reject(new Error('hung up')));
    socket.once('data', (first: Buffer) => resolve({ socket, first }));
  });
}

test('a paired source gets through, and is known by its fingerprint', async (t) => {
  const fingerprints: unknown[] = [];
  const { connect, remote } = await serve(t, {
    async hello(_, context) {
      fingerprints.push(context.fingerprint);
      return GREETING;
    },
  });
  assert.equal((await connect().hello()).remoteName, 'pi');
  const expected = createHash('sha256').update(new X509Certificate(remote.source.certificate).raw).digest('hex');
  assert.deepEqual(fingerprints, [expected]);
});

test('TLS 1.3 with the certificate of this CA is let in', async (t) => {
  const { server, remote } = await serve(t, {});
  const { ca, source } = remote;
  const { socket } = await greet(t, server.port, { ca, cert: source.certificate, key: source.key });
  assert.equal(socket.getProtocol(), 'TLSv1.3');
});

test('without a client certificate nobody gets in', async (t) => {
  const { server, remote } = await serve(t, {});
  await assert.rejects(greet(t, server.port, { ca: remote.ca }), /certificate required|hung up|ECONNRESET/);
});

test('a certificate of another CA does not get in', async (t) => {
  const { server, remote } = await serve(t, {});
  const { certificate, key } = makeTestRemote().source;
  await assert.rejects(greet(t, server.port, { ca: remote.ca, cert: certificate, key }), /unknown ca|hung up|ECONNRESET/);
});

test('TLS 1.2 does not get in, with the right certificate too', async (t) => {
  const { server, remote } = await serve(t, {});
  const { ca, source } = remote;
  const wish = { ca, cert: source.certificate, key: source.key, minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' } as const;
  await assert.rejects(greet(t, server.port, wish), /protocol version/);
});

test('certificates whose time is over do not get in, on either side', async (t) => {
  const late = await serve(t, {}, {}, makeTestRemote('btsoot-remote', { source: '210101000000Z' }));
  const { ca, source } = late.remote;
  const wish = { ca, cert: source.certificate, key: source.key };
  await assert.rejects(greet(t, late.server.port, wish), /certificate expired|hung up|ECONNRESET/);
  const { connect } = await serve(
    t,
    { hello: async () => GREETING },
    {},
    makeTestRemote('btsoot-remote', { server: '210101000000Z' }),
  );
  await assert.rejects(connect().hello(), { kind: 'denied', message: /expired/ });
});

test('plain text does not get in', async (t) => {
  const { server } = await serve(t, {});
  const answer = await new Promise<Buffer>((resolve) => {
    const parts: Buffer[] = [];
    const socket = dialPlain(server.port, '127.0.0.1', () => socket.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'));
    socket.on('data', (part) => parts.push(part));
    socket.on('error', () => {});
    socket.on('close', () => resolve(Buffer.concat(parts)));
  });
  // At most a TLS alert (record type 21), and then the door.
  assert.ok(answer.length === 0 || answer[0] === 21, answer.toString('hex'));
});

test('the source refuses a remote of another CA', async (t) => {
  const { server, remote } = await serve(t, {});
  const { ca } = makeTestRemote();
  const client = RemoteClient.connect({ kind: 'tls', host: '127.0.0.1', port: server.port, ca, ...remote.source });
  t.after(() => client.close());
  await assert.rejects(client.hello(), { name: 'BtsootError', kind: 'denied' });
});

test('a remote with the right CA and the wrong name is refused', async (t) => {
  const remote = makeTestRemote('some-server');
  const { connect } = await serve(t, {}, {}, remote);
  await assert.rejects(connect().hello(), { name: 'BtsootError', kind: 'denied' });
});

test('ChaCha20 comes first where the CPU has no AES, on either side', async (t) => {
  assert.match(cipherOrder('flags\t\t: fpu aes sse2\n'), /^TLS_AES_128/);
  assert.match(cipherOrder('Features\t: fp asimd evtstrm crc32 cpuid\n'), /^TLS_CHACHA20/);
  assert.match(cipherOrder('Features\t: fp asimd aes pmull\n'), /^TLS_AES_128/);
  assert.match(cipherOrder(null), /^TLS_AES_128/);

  const { server, remote } = await serve(t, {});
  const ciphers = 'TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256';
  const { socket } = await greet(t, server.port, {
    ca: remote.ca,
    cert: remote.source.certificate,
    key: remote.source.key,
    ciphers,
  });
  assert.equal(socket.getCipher().name, 'TLS_CHACHA20_POLY1305_SHA256', "the source's wish");
});
