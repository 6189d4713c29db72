import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { packSeen, unpackSeen } from './packed-seen.js';

const u64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const u32 = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const timeNs = fc.bigInt({ min: -(2n ** 93n), max: 2n ** 93n });

test('whatever lstat says comes back exactly', () => {
  const seens = fc.record(
    {
      dev: u64,
      ino: u64,
      sizeBytes: u64,
      mtimeNs: timeNs,
      ctimeNs: timeNs,
      btimeNs: timeNs,
      mode: u32,
      uid: u32,
      gid: u32,
      nlink: u32,
    },
    { noNullPrototype: true },
  );
  fc.assert(fc.property(seens, (seen) => assert.deepEqual(unpackSeen(packSeen(seen)), seen)));
});
