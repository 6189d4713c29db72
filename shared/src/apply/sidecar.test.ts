import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { TreePath } from '../model/bytes.js';
import { AVERAGE_BYTES, contentOfBytes, listOf, noise } from './delivery-fixture.js';
import { decodeSidecar, encodeBatch, encodeHeader } from './sidecar.js';

const bytes = noise(400_000, 1);
const content = contentOfBytes(bytes);
const list = listOf(bytes);
const path = 'photos/\xff\xe9.raw' as TreePath;
const half = Math.floor(list.ends.length / 2);
const header = encodeHeader(content, AVERAGE_BYTES, path);
const first = encodeBatch(0, list.ends.subarray(0, half), list.hashes.subarray(0, half * 16));
const second = encodeBatch(list.ends[half - 1] ?? 0, list.ends.subarray(half), list.hashes.subarray(half * 16));
const whole = Buffer.concat([header, first, second]);

test('what is written comes back', () => {
  assert.deepEqual(decodeSidecar(whole), { content, path, chunks: list });
  assert.deepEqual(decodeSidecar(header)?.chunks.ends, new Float64Array());
});

test('cut anywhere, it says the batches that are whole, or nothing', () => {
  for (let length = 0; length < whole.length; length++) {
    const ends = decodeSidecar(whole.subarray(0, length))?.chunks.ends ?? null;
    if (length < header.length) assert.equal(ends, null);
    else assert.equal(ends?.length, length < header.length + first.length ? 0 : half);
  }
});

test('with any byte wrong, it says nothing that is not so', () => {
  fc.assert(
    fc.property(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
      const damaged = Buffer.from(whole);
      damaged[at] = (damaged[at] ?? 0) ^ change;
      const sidecar = decodeSidecar(damaged);
      assert.equal(sidecar === null, at < header.length);
      const { ends, hashes } = sidecar?.chunks ?? { ends: new Float64Array(), hashes: Buffer.alloc(0) };
      assert.deepEqual(ends, list.ends.subarray(0, ends.length));
      assert.deepEqual(hashes, list.hashes.subarray(0, hashes.length));
    }),
  );
});

test('any bytes at all are no sidecar, or one without chunks', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (any) => decodeSidecar(Buffer.from(any)) === null));
  const absurd = encodeBatch(0, Float64Array.of(content.sizeBytes + 1), Buffer.alloc(16));
  assert.equal(decodeSidecar(Buffer.concat([header, absurd]))?.chunks.ends.length, 0);
  const negative = encodeBatch(0, Float64Array.of(-5), Buffer.alloc(16));
  assert.equal(decodeSidecar(Buffer.concat([header, negative]))?.chunks.ends.length, 0);
});
