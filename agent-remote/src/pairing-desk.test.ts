import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { limits } from '@btsoot/shared/model/limits.js';
import { issueSourceCertificate, makeAuthority } from '@btsoot/shared/pki/authority.js';
import { fingerprintOf } from '@btsoot/shared/pki/fingerprint.js';
import { makeRequest } from '@btsoot/shared/pki/request.js';
import { PROTOCOL } from '@btsoot/shared/wire/protocol.js';
import { failsAs, temporaryFolder } from './fixture.js';
import { PairingDesk, type PairingState } from './pairing-desk.js';
import { SourceRegistry } from './sources.js';

const secret = Buffer.alloc(16, 1);
const wrong = Buffer.alloc(16, 2);

function openDesk(t: TestContext) {
  const authority = makeAuthority('pi', Date.now());
  const registry = new SourceRegistry(join(temporaryFolder(t), 'sources.json'));
  const dead: PairingState[] = [];
  const clock = { ms: Date.parse('2026-11-20T12:00:00Z') };
  const desk = new PairingDesk({
    remoteName: 'pi',
    authorityCertificate: authority.certificatePem,
    secret,
    grants: ['photos'],
    registry,
    certify: (name, request) => issueSourceCertificate(authority, name, request),
    now: () => clock.ms,
    onDead: (state) => dead.push(state),
  });
  const csrDer = makeRequest('nas').requestDer;
  const ask = (given: Buffer, change: object = {}) =>
    desk.pair({ protocolMajor: PROTOCOL.major, secret: given, sourceName: 'nas', csrDer, ...change });
  return { desk, registry, dead, clock, ask, authority };
}

test('the right secret pairs one source with its grants, and kills the code', async (t) => {
  const { ask, registry, dead, authority } = openDesk(t);
  const reply = await ask(secret);
  assert.equal(reply.remoteName, 'pi');
  assert.equal(fingerprintOf(reply.caDer as Buffer), fingerprintOf(authority.certificatePem));
  const source = registry.active(fingerprintOf(reply.certificateDer as Buffer));
  assert.equal(source?.name, 'nas');
  assert.deepEqual(source?.grants, ['photos']);
  assert.deepEqual(
    dead.map(({ kind }) => kind),
    ['paired'],
  );
  await assert.rejects(ask(secret, { sourceName: 'other' }), failsAs('denied', /not valid any more/));
  assert.equal(registry.list().length, 1);
});

test('after three wrong secrets the right one comes too late', async (t) => {
  const { ask, registry, dead } = openDesk(t);
  for (let i = 0; i < limits.pairingTriesMax; i++) await assert.rejects(ask(wrong), failsAs('denied', /wrong/));
  await assert.rejects(ask(secret), failsAs('denied', /not valid any more/));
  assert.deepEqual(dead, [{ kind: 'tried-out' }]);
  assert.deepEqual(registry.list(), []);
});

test('a secret of another length is no secret at all', async (t) => {
  const { ask } = openDesk(t);
  await assert.rejects(ask(Buffer.alloc(0)), failsAs('invalid'));
  await assert.rejects(ask(Buffer.alloc(17, 1)), failsAs('invalid'));
});

test('the code is good until its time is over, and not a moment longer', async (t) => {
  const { ask, desk, clock, dead } = openDesk(t);
  clock.ms += limits.pairingValidMs - 1;
  desk.expireIfDue();
  assert.deepEqual(dead, []);
  clock.ms += 1;
  await assert.rejects(ask(secret), failsAs('denied', /not valid any more/));
  desk.expireIfDue();
  assert.deepEqual(dead, [{ kind: 'expired' }]);
});

test('who knows the secret may correct the name or the request', async (t) => {
  const { ask, registry, dead } = openDesk(t);
  await assert.rejects(ask(secret, { sourceName: 'local' }), failsAs('invalid'));
  await assert.rejects(ask(secret, { csrDer: Buffer.from('noise') }), failsAs('invalid'));
  await assert.rejects(ask(secret, { protocolMajor: PROTOCOL.major + 1 }), failsAs('version'));
  registry.add({ name: 'nas', fingerprint: 'ab'.repeat(32), grants: 'everything' }, new Date());
  await assert.rejects(ask(secret), failsAs('exists'));
  await ask(secret, { sourceName: 'nas2' });
  assert.deepEqual(
    dead.map(({ kind }) => kind),
    ['paired'],
  );
});
