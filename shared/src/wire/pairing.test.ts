import { strict as assert } from 'node:assert';
import { createHash, X509Certificate } from 'node:crypto';
import { type TestContext, test } from 'node:test';
import { BtsootError } from '../model/errors.js';
import { pairedFromWire, pairingWishFromWire, pairingWishToWire } from './convert.js';
import { type PairingAddress, pairingClient } from './pairing.js';
import { type PairingHandler, servePairing } from './server.js';
import { makeTestRemote, type TestRemote } from './testing/certificates.js';

const WISH = { secret: '00112233445566778899aabbccddeeff', sourceName: 'nas', csr: Buffer.from('csr') };

async function pairing(t: TestContext, remote: TestRemote, handler: PairingHandler, chain?: string): Promise<PairingAddress> {
  const { certificate, key } = remote.server;
  const listen = { host: '127.0.0.1', port: 0, certificate: chain ?? certificate + remote.ca, key };
  const server = await servePairing(handler, listen);
  t.after(() => server.close(0));
  const caFingerprint = createHash('sha256').update(new X509Certificate(remote.ca).raw).digest('hex');
  return { host: '127.0.0.1', port: server.port, caFingerprint };
}

test('pairing asks the remote whose CA the code names', async (t) => {
  const remote = makeTestRemote();
  const address = await pairing(t, remote, async (request, { fingerprint }) => {
    assert.equal(fingerprint, null);
    assert.deepEqual(pairingWishFromWire(request), WISH);
    return { remoteName: 'pi', certificateDer: Buffer.from('cert'), caDer: Buffer.from('ca') };
  });
  const paired = pairedFromWire(await pairingClient(address, pairingWishToWire(WISH)));
  assert.deepEqual(paired, { remoteName: 'pi', certificate: Buffer.from('cert'), ca: Buffer.from('ca') });
});

test('a stranger at the address never sees the secret', async (t) => {
  const remote = makeTestRemote();
  const stranger = makeTestRemote();
  const calls: unknown[] = [];
  const handler: PairingHandler = async (request) => {
    calls.push(request);
    return {};
  };
  const own = await pairing(t, stranger, handler);
  // With the true CA's certificate shown beside a leaf that it did not sign, too.
  const dressed = await pairing(t, stranger, handler, stranger.server.certificate + remote.ca);
  const caFingerprint = createHash('sha256').update(new X509Certificate(remote.ca).raw).digest('hex');
  for (const { port } of [own, dressed]) {
    const address = { host: '127.0.0.1', port, caFingerprint };
    await assert.rejects(pairingClient(address, pairingWishToWire(WISH)), { name: 'BtsootError', kind: 'denied' });
  }
  assert.deepEqual(calls, []);
});

test('what the remote refuses, and nobody there, are told apart', async (t) => {
  const address = await pairing(t, makeTestRemote(), async () => {
    throw new BtsootError('denied', 'the code is used up');
  });
  await assert.rejects(pairingClient(address, pairingWishToWire(WISH)), { kind: 'denied', message: 'the code is used up' });
  await assert.rejects(pairingClient({ ...address, port: 1 }, pairingWishToWire(WISH)), {
    kind: 'unreachable',
    hint: /^A code is good for one pairing/,
  });
  await assert.rejects(pairingClient({ ...address, host: '255.255.255.255' }, pairingWishToWire(WISH)), {
    kind: 'unreachable',
    hint: /is this its address\? `btsoot-remote pair --address/,
  });
});

test('an aborted pairing is cancelled', async (t) => {
  const address = await pairing(t, makeTestRemote(), async () => ({}));
  await assert.rejects(pairingClient(address, pairingWishToWire(WISH), AbortSignal.abort()), { kind: 'cancelled' });
});
