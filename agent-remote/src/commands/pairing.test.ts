import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { connect as dialTls } from 'node:tls';
import { fromText, type TreePath } from '@btsoot/shared/model/bytes.js';
import { issueSourceCertificate, makeAuthority } from '@btsoot/shared/pki/authority.js';
import { pemOf } from '@btsoot/shared/pki/fingerprint.js';
import { decodePairingCode, type PairingCode } from '@btsoot/shared/pki/pairing-code.js';
import { makeRequest } from '@btsoot/shared/pki/request.js';
import { RemoteClient } from '@btsoot/shared/wire/client.js';
import { openSessionToWire, pairedFromWire, pairingWishToWire } from '@btsoot/shared/wire/convert.js';
import { pairingClient } from '@btsoot/shared/wire/pairing.js';
import { readKeys } from '../authority-files.js';
import { failsAs, freePort, RemoteProcess, runRemote, temporaryFolder } from '../fixture.js';
import { layoutOf } from '../layout.js';

async function initRoot(t: TestContext): Promise<{ root: string; port: number }> {
  const root = temporaryFolder(t);
  const port = await freePort();
  const made = await runRemote(t, 'init', '--root', root, '--listen', `127.0.0.1:${port}`, '--name', 'pi');
  assert.equal(made.status, 0, made.stderr);
  return { root, port };
}

async function startPairing(
  t: TestContext,
  root: string,
  ...more: string[]
): Promise<{ process: RemoteProcess; code: PairingCode }> {
  const process = new RemoteProcess(t, ['pair', '--root', root, ...more]);
  return { process, code: decodePairingCode(await process.stdoutLine(/^btsoot1-/)) };
}

async function usePairing(code: PairingCode, secret: Buffer, sourceName = 'nas') {
  const { keyPem, requestDer } = makeRequest(sourceName);
  const address = { host: code.host, port: code.pairingPort, caFingerprint: code.authorityFingerprint };
  const reply = pairedFromWire(
    await pairingClient(address, pairingWishToWire({ secret: secret.toString('hex'), sourceName, csr: requestDer })),
  );
  return { ca: pemOf(reply.ca), certificate: pemOf(reply.certificate), key: keyPem, remoteName: reply.remoteName };
}

function connect(t: TestContext, port: number, identity: { ca: string; certificate: string; key: string }): RemoteClient {
  const { ca, certificate, key } = identity;
  const client = RemoteClient.connect({ kind: 'tls', host: '127.0.0.1', port, ca, certificate, key });
  t.after(() => client.close());
  return client;
}

test('a source pairs with the code, is served, and no longer after it was revoked', async (t) => {
  const { root, port } = await initRoot(t);
  const serving = new RemoteProcess(t, ['serve', '--root', root]);
  await serving.stderrLine(/serving/);
  const { process: pairing, code } = await startPairing(t, root, '--grant', 'photos');
  assert.equal(code.servePort, port);
  const identity = await usePairing(code, code.secret);
  assert.equal(identity.remoteName, 'pi');
  const ended = await pairing.ended;
  assert.equal(ended.status, 0);
  assert.equal(ended.stdout.trim().split('\n').length, 1, 'the code stands alone');

  const client = connect(t, port, identity);
  assert.equal((await client.hello()).remoteName, 'pi');
  await assert.rejects(client.createBlock('music' as TreePath), failsAs('denied', /not granted/));
  assert.equal((await client.createBlock(fromText('photos/Ä') as TreePath)).existed, false);
  assert.equal((await client.createBlock(fromText('photos/Ä') as TreePath)).existed, true);
  assert.ok(existsSync(join(root, 'photos', 'Ä')));
  assert.equal((await client.hello()).blocks.length, 1);

  assert.match((await runRemote(t, 'sources', '--root', root)).stdout, /^nas {2}paired .* photos /);
  assert.equal((await runRemote(t, 'revoke', 'nas', '--root', root)).status, 0);
  await assert.rejects(client.hello(), failsAs('denied', /revoked/));
  serving.child.kill('SIGTERM');
  assert.equal((await serving.ended).status, 0);
  assert.match((await serving.ended).stderr, /warn call denied method=CreateBlock source=nas .*not granted/);
  const secretText = [code.secret.toString('hex'), code.secret.toString('base64'), 'PRIVATE'];
  for (const text of secretText) assert.ok(!(await serving.ended).stderr.includes(text));
});

test('revoking a source ends the session that it has open', async (t) => {
  const { root, port } = await initRoot(t);
  await new RemoteProcess(t, ['serve', '--root', root]).stderrLine(/serving/);
  const { code } = await startPairing(t, root);
  const client = connect(t, port, await usePairing(code, code.secret));
  const folder = 'photos' as TreePath;
  await client.createBlock(folder);
  const events = client.openSession(openSessionToWire({ folder, drift: 'quick' }));
  assert.equal((await events.next()).done, false);
  const end = assert.rejects(events.next(), failsAs('denied', /revoked/));
  assert.equal((await runRemote(t, 'revoke', 'nas', '--root', root)).status, 0);
  await end;
});

test('a certificate of the right CA that was never paired is refused, one of another CA gets no connection', async (t) => {
  const { root, port } = await initRoot(t);
  const serving = new RemoteProcess(t, ['serve', '--root', root]);
  await serving.stderrLine(/serving/);
  const { authority } = readKeys(layoutOf(root));
  const { keyPem, requestDer } = makeRequest('nas');
  const unpaired = {
    ca: authority.certificatePem,
    certificate: issueSourceCertificate(authority, 'nas', requestDer),
    key: keyPem,
  };
  await assert.rejects(connect(t, port, unpaired).hello(), failsAs('denied'));
  const other = makeAuthority('other', Date.now());
  const foreign = { ...unpaired, certificate: issueSourceCertificate(other, 'nas', requestDer) };
  await assert.rejects(connect(t, port, foreign).hello(), failsAs('unreachable'));
});

test('a revoked source that keeps its connections open locks nobody out', async (t) => {
  const { root, port } = await initRoot(t);
  await new RemoteProcess(t, ['serve', '--root', root]).stderrLine(/serving/);
  const paired = async (name: string) => {
    const { process, code } = await startPairing(t, root);
    const identity = await usePairing(code, code.secret, name);
    await process.ended;
    return identity;
  };
  const evil = await paired('evil');
  const good = await paired('good');
  const dial = (): Promise<void> => {
    const identity = { ca: evil.ca, cert: evil.certificate, key: evil.key, servername: 'btsoot-remote' };
    const socket = dialTls({ host: '127.0.0.1', port, ALPNProtocols: ['h2'], ...identity });
    socket.on('error', () => undefined);
    socket.resume();
    t.after(() => socket.destroy());
    return new Promise((resolve) => socket.once('close', () => resolve()));
  };
  const before = Array.from({ length: 4 }, dial);
  assert.equal((await runRemote(t, 'revoke', 'evil', '--root', root)).status, 0);
  const after = Array.from({ length: 70 }, dial);
  assert.equal((await connect(t, port, good).hello()).remoteName, 'pi');
  await Promise.all([...before, ...after]);
});

test('an address that can be none, and a grant without a name, give no code', async (t) => {
  const { root } = await initRoot(t);
  for (const [option, value, complaint] of [
    ['--address', 'not a host', /neither the name of a host nor an IP address/],
    ['--grant', '', /no name/],
  ] as const) {
    const ended = await runRemote(t, 'pair', '--root', root, option, value);
    assert.equal(ended.status, 1);
    assert.equal(ended.stdout, '');
    assert.match(ended.stderr, complaint);
  }
});

test('three wrong secrets void the code', async (t) => {
  const { root } = await initRoot(t);
  const { process: pairing, code } = await startPairing(t, root);
  for (let i = 0; i < 3; i++) await assert.rejects(usePairing(code, Buffer.alloc(16, i)), failsAs('denied'));
  const ended = await pairing.ended;
  assert.equal(ended.status, 1);
  assert.match(ended.stderr, /wrong code 3 times/);
  await assert.rejects(usePairing(code, code.secret), failsAs('unreachable'));
  assert.equal((await runRemote(t, 'sources', '--root', root)).stdout, '');
});

test('a code works once', async (t) => {
  const { root } = await initRoot(t);
  const { process: pairing, code } = await startPairing(t, root);
  const both = await Promise.allSettled([usePairing(code, code.secret, 'one'), usePairing(code, code.secret, 'two')]);
  assert.equal(both.filter(({ status }) => status === 'fulfilled').length, 1);
  assert.equal((await pairing.ended).status, 0);
  await assert.rejects(usePairing(code, code.secret, 'three'), failsAs('unreachable'));
});

test('a source does not give its secret to another remote than the one that made the code', async (t) => {
  const { root } = await initRoot(t);
  const { code } = await startPairing(t, root);
  const elsewhere = { ...code, authorityFingerprint: 'ab'.repeat(32) };
  await assert.rejects(usePairing(elsewhere, code.secret), failsAs('denied', /not the remote that made the code/));
});

test('keys are private, and init does not replace them', async (t) => {
  const { root } = await initRoot(t);
  const { authorityDirectory } = layoutOf(root);
  const read = () =>
    ['ca.key', 'ca.pem', 'server.key', 'server.pem'].map((name) => readFileSync(join(authorityDirectory, name), 'utf8'));
  const before = read();
  for (const name of ['ca.key', 'server.key']) assert.equal(statSync(join(authorityDirectory, name)).mode & 0o777, 0o600);
  assert.equal(statSync(authorityDirectory).mode & 0o777, 0o700);
  const again = await runRemote(t, 'init', '--root', root);
  assert.equal(again.status, 0);
  assert.match(again.stderr, /Kept the keys/);
  assert.match(again.stdout, /the remote "pi"/);
  assert.deepEqual(read(), before);
});
