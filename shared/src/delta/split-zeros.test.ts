import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { splitZeros } from './split-zeros.js';
import { noise } from './testing-arbitraries.js';

const pieces = fc.array(fc.tuple(fc.boolean(), fc.oneof(fc.nat(20), fc.nat(10_000), fc.nat(200_000))), { maxLength: 6 });

test('runs of 4 KiB of zeros are found wherever they are, and nothing else is', () => {
  fc.assert(
    fc.property(pieces, (lengths) => {
      const bytes = Buffer.concat(lengths.map(([isZero, length], seed) => (isZero ? Buffer.alloc(length) : noise(length, seed))));
      let at = 0;
      for (const { kind, lengthBytes } of splitZeros(bytes)) {
        const part = bytes.subarray(at, at + lengthBytes);
        const isZero = part.equals(Buffer.alloc(lengthBytes));
        assert.ok(kind === 'zeros' ? isZero && lengthBytes >= 4_096 : !part.includes(Buffer.alloc(4_096)));
        at += lengthBytes;
      }
      assert.equal(at, bytes.length);
    }),
    { numRuns: 150 },
  );
});

test('nothing is nothing, and zeros are one run', () => {
  assert.deepEqual(splitZeros(Buffer.alloc(0)), []);
  assert.deepEqual(splitZeros(Buffer.alloc(1_000_000)), [{ kind: 'zeros', lengthBytes: 1_000_000 }]);
  assert.deepEqual(splitZeros(Buffer.alloc(4_095)), [{ kind: 'literal', lengthBytes: 4_095 }]);
});
