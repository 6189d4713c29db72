import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { limits } from '../model/limits.js';
import type { Op } from './op.js';
import { decodeOps, encodeOps } from './ops.js';
import { refusesOrSucceeds } from './testing.js';
import { corruption } from './testing-arbitraries.js';

const TERABYTE = 2 ** 40;

const lengthBytes = fc.integer({ min: 1, max: TERABYTE });
const op: fc.Arbitrary<Op> = fc.oneof(
  lengthBytes.map((length): Op => ({ kind: 'literal', lengthBytes: length })),
  lengthBytes.map((length): Op => ({ kind: 'zeros', lengthBytes: length })),
  fc
    .tuple(fc.nat(limits.basesPerFileMax - 1), fc.nat(TERABYTE), lengthBytes)
    .map(([basis, from, length]): Op => ({ kind: 'copy', basis, from, lengthBytes: length })),
);
const ops = fc.array(op, { maxLength: 30 });
const position = fc.nat(TERABYTE);
const frame = (at: number) => ({ position: at, remainingBytes: 2 ** 50, basesSizes: Array(8).fill(2 * TERABYTE) as number[] });

test('ops come back as they were, of files larger than 32 bits can say', () => {
  fc.assert(fc.property(ops, position, (some, at) => assert.deepEqual(decodeOps(encodeOps(some, at), frame(at)), some)));
});

test('damaged ops are refused, or are ops that lie within the file and its bases', () => {
  fc.assert(
    fc.property(ops, position, corruption, fc.nat(TERABYTE), (some, at, corrupt, remainingBytes) => {
      refusesOrSucceeds(() => {
        const decoded = decodeOps(corrupt(encodeOps(some, at)), { ...frame(at), remainingBytes, basesSizes: [TERABYTE, 100] });
        let left = remainingBytes;
        for (const { lengthBytes } of decoded) {
          assert.ok(Number.isSafeInteger(lengthBytes) && lengthBytes > 0);
          left -= lengthBytes;
        }
        assert.ok(left >= 0);
        for (const one of decoded) {
          if (one.kind !== 'copy') continue;
          assert.ok(one.from >= 0 && one.from + one.lengthBytes <= (one.basis === 0 ? TERABYTE : 100) && one.basis < 2);
        }
      }, 'invalid');
    }),
    { numRuns: 500 },
  );
});

test('noise is refused or decoded', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) =>
      refusesOrSucceeds(() => decodeOps(Buffer.from(bytes), frame(0)), 'invalid'),
    ),
    { numRuns: 500 },
  );
});

test('around an edit in place, a copy is its length', () => {
  const some: Op[] = Array.from({ length: 100 }, (_, index): Op[] => [
    { kind: 'copy', basis: 0, from: index * 100_000, lengthBytes: 95_904 },
    { kind: 'literal', lengthBytes: 4_096 },
  ]).flat();
  assert.equal(encodeOps(some, 0).length, 100 * (4 + 3));
});

test('what lies outside is refused', () => {
  const decode = (one: Op, change = {}) =>
    decodeOps(encodeOps([one], 10), { position: 10, remainingBytes: 100, basesSizes: [50], ...change });
  const copy = { kind: 'copy', basis: 0, from: 0, lengthBytes: 50 } as const;
  assert.deepEqual(decode(copy), [copy]);
  for (const bad of [
    { ...copy, from: 1 },
    { ...copy, basis: 1 },
    { ...copy, lengthBytes: 51 },
    { kind: 'literal', lengthBytes: 101 } as const,
  ]) {
    assert.throws(() => decode(bad), { kind: 'invalid' });
  }
  assert.throws(() => decode(copy, { basesSizes: [] }), { kind: 'invalid' });
  for (const bytes of [
    [0, 0],
    [4, 1],
    [0x42, 1],
    [0x22, 1],
    [0x23, 1, 11],
  ]) {
    assert.throws(() => decodeOps(Buffer.from(bytes), frame(10)), { kind: 'invalid' });
  }
});
