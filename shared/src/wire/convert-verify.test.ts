import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TreePath } from '../model/bytes.js';
import { FINDING_KINDS, type Finding } from '../model/damage.js';
import { limits } from '../model/limits.js';
import * as convert from './convert.js';
import { remotePackage } from './proto.js';
import { accepted } from './streams.js';

const { Verify } = remotePackage().Remote.service;

function newsThroughWire(news: convert.VerifyNews): convert.VerifyNews {
  return convert.verifyNewsFromWire(
    accepted(Verify.responseDeserialize(Verify.responseSerialize(convert.verifyNewsToWire(news)))),
  );
}

function wishThroughWire(wish: Parameters<typeof Verify.requestSerialize>[0]): convert.VerifyWish {
  return convert.verifyWishFromWire(accepted(Verify.requestDeserialize(Verify.requestSerialize(wish))));
}

const finding: Finding = { path: '\xff\n/b' as TreePath, kind: 'rotten', session: 3, sizeBytes: 2 ** 40 };

test('what is said of a verification arrives as it is', () => {
  const news: convert.VerifyNews[] = [
    { kind: 'progress', files: 1, filesTotal: 2, bytes: 2 ** 42, bytesTotal: 2 ** 43, paused: true },
    { kind: 'findings', findings: FINDING_KINDS.map((kind) => ({ ...finding, kind })) },
    { kind: 'finished', files: 1, bytes: 2, damagedInTree: 3, damagedInHistory: 4 },
  ];
  for (const one of news) assert.deepEqual(newsThroughWire(one), one);
  const wish = { folder: 'a/b' as TreePath, bytesPerSecond: 5, knownOnly: true };
  assert.deepEqual(wishThroughWire(convert.verifyWishToWire(wish)), wish);
  assert.equal(wishThroughWire(convert.verifyWishToWire({ ...wish, bytesPerSecond: null })).bytesPerSecond, null);
});

test('what cannot be is refused', () => {
  const findings = Array<Finding>(limits.findingsPerMessageMax + 1).fill(finding);
  assert.throws(() => newsThroughWire({ kind: 'findings', findings }), { kind: 'invalid' });
  assert.throws(() => newsThroughWire({ kind: 'findings', findings: [{ ...finding, path: '../x' as TreePath }] }), {
    kind: 'invalid',
  });
  const unset = accepted(
    Verify.responseDeserialize(Verify.responseSerialize({ findings: { findings: [{ path: Buffer.from('a') }] } })),
  );
  assert.throws(() => convert.verifyNewsFromWire(unset), { kind: 'invalid' });
  const empty = accepted(Verify.responseDeserialize(Verify.responseSerialize({})));
  assert.throws(() => convert.verifyNewsFromWire(empty), { kind: 'invalid' });
  assert.throws(() => wishThroughWire({ protocolMajor: 2, folder: Buffer.from('/etc') }), { kind: 'invalid' });
  assert.throws(() => wishThroughWire({ protocolMajor: 1, folder: Buffer.from('a') }), { kind: 'version' });
});
