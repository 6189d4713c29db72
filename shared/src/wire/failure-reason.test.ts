import { strict as assert } from 'node:assert';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { test } from 'node:test';
import { failureReason } from './failure-reason.js';
import { pairingClient } from './pairing.js';

test('what grpc-js and OpenSSL put around a reason is left out', () => {
  const around = (reason: string) => `No connection established. Last error: Error: ${reason}. Resolution note: `;
  assert.equal(
    failureReason(around('self-signed certificate in certificate chain')),
    'self-signed certificate in certificate chain',
  );
  const alert =
    '80C0:error:0A00045C:SSL routines:ssl3_read_bytes:tlsv13 alert certificate required:../ssl/record/rec_layer_s3.c:916:SSL alert number 116';
  assert.equal(failureReason(around(alert)), 'tlsv13 alert certificate required');
  assert.equal(failureReason('connect ECONNREFUSED 10.0.0.1:7713'), 'connect ECONNREFUSED 10.0.0.1:7713');
});

test('why there is no connection, in words for people', async (t) => {
  const web = createServer((socket) => socket.end('HTTP/1.0 400 Bad Request\r\n\r\n')).listen(0, '127.0.0.1');
  t.after(() => web.close());
  await once(web, 'listening');
  const { port } = web.address() as AddressInfo;
  const wish = { protocolMajor: 1, secret: Buffer.alloc(16), sourceName: 'nas', csrDer: Buffer.alloc(0) };
  await assert.rejects(pairingClient({ host: '127.0.0.1', port, caFingerprint: '' }, wish), {
    kind: 'unreachable',
    message: `no pairing service at 127.0.0.1:${port}: what listens there does not speak TLS`,
  });
});
