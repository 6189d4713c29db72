import assert from 'node:assert/strict';
import { randomBytes, X509Certificate } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import {
  issueServerCertificate,
  issueSourceCertificate,
  type KeyAndCertificate,
  makeAuthority,
} from '@btsoot/shared/pki/authority.js';
import { derOf, fingerprintOf } from '@btsoot/shared/pki/fingerprint.js';
import { encodePairingCode } from '@btsoot/shared/pki/pairing-code.js';
import type { PairRequest__Output } from '@btsoot/shared/wire/messages.js';
import { servePairing } from '@btsoot/shared/wire/server.js';
import { loadConfig } from './config.js';
import { temporaryPaths } from './fixtures.js';
import { type PairOptions, pairRemote } from './pair.js';
import { remotePaths } from './paths.js';

/** Valid, and nothing that an edit could keep as it is written. */
const DOTTED = '[remotes]\npi.address = "old:1"\n';

const OPTIONS: PairOptions = {
  name: 'pi',
  sourceName: 'nas',
  taken: new Set(),
  replace: false,
  signal: new AbortController().signal,
};

interface RemoteOptions {
  /** Signs; `authority` is what the remote shows and sends. */
  readonly issuer?: KeyAndCertificate;
  readonly authority?: KeyAndCertificate;
  readonly onRequest?: () => void;
}

/** A remote that pairs with whoever comes. */
async function pairingRemote(t: TestContext, options: RemoteOptions = {}) {
  const { issuer = makeAuthority('pi', Date.now()), authority = issuer, onRequest } = options;
  const requests: PairRequest__Output[] = [];
  const server = issueServerCertificate(authority);
  const running = await servePairing(
    async (request) => {
      requests.push(request);
      onRequest?.();
      const certificate = issueSourceCertificate(issuer, request.sourceName, request.csrDer);
      return { remoteName: 'Kim’s Pi', certificateDer: derOf(certificate), caDer: derOf(authority.certificatePem) };
    },
    { host: '127.0.0.1', port: 0, certificate: server.certificatePem + authority.certificatePem, key: server.keyPem },
  );
  t.after(() => running.close(0));
  const code = encodePairingCode({
    host: '127.0.0.1',
    servePort: 7713,
    pairingPort: running.port,
    authorityFingerprint: fingerprintOf(authority.certificatePem),
    secret: randomBytes(16),
  });
  return { code, authority, requests };
}

test('pairing leaves key and certificates for the owner alone, and the remote in the config', async (t) => {
  const paths = temporaryPaths();
  const { code, authority, requests } = await pairingRemote(t);
  await pairRemote(paths, code, OPTIONS);
  assert.deepEqual((await loadConfig(paths)).remotes.get('pi'), {
    name: 'pi',
    host: '127.0.0.1',
    port: 7713,
    rateLimit: null,
  });
  const files = remotePaths(paths, 'pi');
  for (const file of [files.ca, files.certificate, files.key]) assert.equal(statSync(file).mode & 0o777, 0o600);
  assert.equal(statSync(files.directory).mode & 0o777, 0o700);
  const certificate = new X509Certificate(readFileSync(files.certificate));
  assert.ok(certificate.verify(new X509Certificate(authority.certificatePem).publicKey));
  assert.equal(requests[0]?.sourceName, 'nas');
  const sent = Buffer.from(JSON.stringify(requests[0]));
  const secretPart = readFileSync(files.key, 'utf8').split('\n')[1] ?? '';
  assert.ok(!sent.includes(secretPart) && !sent.includes(Buffer.from(secretPart, 'base64')));
});

test('without a name it is the remote’s own, made usable, and a taken one gets a number', async (t) => {
  const { code } = await pairingRemote(t);
  const free = await pairRemote(temporaryPaths(), code, { ...OPTIONS, name: null });
  assert.equal(free.name, 'Kim-s-Pi');
  const second = await pairRemote(temporaryPaths(), code, { ...OPTIONS, name: null, taken: new Set(['Kim-s-Pi']) });
  assert.equal(second.name, 'Kim-s-Pi-2');
});

test('a taken name is refused before the code is used up, and replaced where that is wanted', async (t) => {
  const paths = temporaryPaths();
  const { code, requests } = await pairingRemote(t);
  const taken = new Set(['pi']);
  await assert.rejects(pairRemote(paths, code, { ...OPTIONS, taken }), { kind: 'exists' });
  assert.equal(requests.length, 0);
  await pairRemote(paths, code, OPTIONS);
  const before = readFileSync(remotePaths(paths, 'pi').key, 'utf8');
  await pairRemote(paths, code, { ...OPTIONS, taken, replace: true });
  assert.notEqual(readFileSync(remotePaths(paths, 'pi').key, 'utf8'), before);
  assert.deepEqual(readdirSync(`${paths.configDirectory}/remotes`), ['pi']);
});

test('a config that cannot be edited is found before the code is used up and before old keys go', async (t) => {
  const paths = temporaryPaths();
  const { code, requests } = await pairingRemote(t);
  mkdirSync(remotePaths(paths, 'pi').directory, { recursive: true });
  writeFileSync(remotePaths(paths, 'pi').key, 'old key');
  writeFileSync(paths.configFile, DOTTED);
  const replacing = pairRemote(paths, code, { ...OPTIONS, taken: new Set(['pi']), replace: true });
  await assert.rejects(replacing, { kind: 'invalid', message: /writes remotes\.pi in a way that cannot be edited/ });
  assert.equal(requests.length, 0);
  assert.equal(readFileSync(remotePaths(paths, 'pi').key, 'utf8'), 'old key');
  assert.deepEqual(readdirSync(`${paths.configDirectory}/remotes`), ['pi']);
});

test('what fails after the remote has signed leaves the old keys, and says to revoke there', async (t) => {
  const paths = temporaryPaths();
  const { code } = await pairingRemote(t, { onRequest: () => writeFileSync(paths.configFile, DOTTED) });
  mkdirSync(remotePaths(paths, 'pi').directory, { recursive: true });
  writeFileSync(remotePaths(paths, 'pi').key, 'old key');
  const replacing = pairRemote(paths, code, { ...OPTIONS, taken: new Set(['pi']), replace: true });
  await assert.rejects(replacing, { kind: 'invalid', hint: /btsoot-remote revoke nas/ });
  assert.equal(readFileSync(remotePaths(paths, 'pi').key, 'utf8'), 'old key');
  assert.deepEqual(readdirSync(`${paths.configDirectory}/remotes`), ['pi']);
});

test('a certificate of another authority than the code’s is not taken', async (t) => {
  const paths = temporaryPaths();
  const { code } = await pairingRemote(t, {
    issuer: makeAuthority('stranger', Date.now()),
    authority: makeAuthority('pi', Date.now()),
  });
  await assert.rejects(pairRemote(paths, code, OPTIONS), { kind: 'denied', hint: /btsoot-remote revoke nas/ });
  assert.ok(!existsSync(remotePaths(paths, 'pi').directory));
});
