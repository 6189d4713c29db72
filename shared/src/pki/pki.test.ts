import assert from 'node:assert/strict';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { connect, createServer, type TLSSocket } from 'node:tls';
import { BtsootError } from '../model/errors.js';
import { issueServerCertificate, issueSourceCertificate, makeAuthority, remoteServerName } from './authority.js';
import { derOf, fingerprintOf, pemOf } from './fingerprint.js';
import { makeRequest, readRequest } from './request.js';

const now = Date.parse('2026-11-20T12:00:00Z');

test('a CA signs the certificates of its remote and of its sources', () => {
  const authority = makeAuthority('pi, "the" =small one', now);
  const ca = new X509Certificate(authority.certificatePem);
  assert.equal(ca.ca, true);
  assert.ok(ca.verify(ca.publicKey));
  assert.equal(new Date(ca.validTo).getUTCFullYear(), 2046);

  const server = new X509Certificate(issueServerCertificate(authority).certificatePem);
  assert.ok(server.verify(ca.publicKey));
  assert.ok(server.checkIssued(ca));
  assert.equal(server.checkHost(remoteServerName), remoteServerName);
  assert.equal(server.ca, false);

  const request = makeRequest('nas');
  const source = new X509Certificate(issueSourceCertificate(authority, 'nas', request.requestDer));
  assert.ok(source.verify(ca.publicKey));
  assert.ok(source.checkPrivateKey(createPrivateKey(request.keyPem)));
  assert.equal(source.subject, 'CN=nas');
  assert.equal(source.validTo, ca.validTo);
});

test('a clock that was never set does not make certificates that are outdated when it is', () => {
  const ca = new X509Certificate(makeAuthority('pi', 0).certificatePem);
  assert.equal(new Date(ca.validTo).getUTCFullYear(), 2046);
});

test('both ends of a TLS 1.3 connection accept what the CA signed', async () => {
  const authority = makeAuthority('pi', now);
  const server = issueServerCertificate(authority);
  const request = makeRequest('nas');
  const certificate = issueSourceCertificate(authority, 'nas', request.requestDer);
  const seen = await new Promise<string>((resolve, reject) => {
    const listener = createServer({
      ca: authority.certificatePem,
      cert: server.certificatePem,
      key: server.keyPem,
      requestCert: true,
      minVersion: 'TLSv1.3',
    });
    listener.on('secureConnection', (socket: TLSSocket) => {
      resolve(fingerprintOf(socket.getPeerCertificate().raw));
      socket.destroy();
      listener.close();
    });
    listener.on('tlsClientError', reject);
    listener.listen(0, '127.0.0.1', () => {
      const address = listener.address();
      assert.ok(address !== null && typeof address === 'object');
      const client = { ca: authority.certificatePem, cert: certificate, key: request.keyPem, servername: remoteServerName };
      connect({ host: '127.0.0.1', port: address.port, ...client }).on('error', reject);
    });
  });
  assert.equal(seen, fingerprintOf(certificate));
});

test('a request is refused when its signature is not by its key, or when it is noise', () => {
  const { requestDer } = makeRequest('nas');
  const forged = Buffer.from(requestDer);
  const last = forged.length - 1;
  forged[last] = (forged[last] ?? 0) ^ 1;
  for (const bytes of [forged, Buffer.from('noise'), Buffer.alloc(0), Buffer.alloc(5000, 0x30)]) {
    assert.throws(
      () => readRequest(bytes),
      (error) => error instanceof BtsootError && error.kind === 'invalid',
    );
  }
});

test('a fingerprint is the same of DER and of PEM', () => {
  const { certificatePem } = makeAuthority('pi', now);
  assert.equal(fingerprintOf(derOf(certificatePem)), fingerprintOf(certificatePem));
  assert.equal(pemOf(derOf(certificatePem)), certificatePem);
  assert.throws(() => fingerprintOf(Buffer.from('no certificate')), BtsootError);
});
