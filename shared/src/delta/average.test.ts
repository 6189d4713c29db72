import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { limits } from '../model/limits.js';
import { averageFor } from './average.js';
import { cutFor } from './cut.js';

const KIB = 1024;
const MIB = 1024 * KIB;
const GIB = 1024 * MIB;
const TIB = 1024 * GIB;

test('the average grows with the square root of the size', () => {
  const expected: [sizeBytes: number, averageBytes: number][] = [
    [0, 16 * KIB],
    [limits.chunkedSizeMinBytes, 16 * KIB],
    [16 * MIB, 16 * KIB],
    [31 * MIB, 16 * KIB],
    [33 * MIB, 32 * KIB],
    [64 * MIB, 32 * KIB],
    [GIB, 128 * KIB],
    [64 * GIB, MIB],
  ];
  for (const [sizeBytes, averageBytes] of expected) assert.equal(averageFor(sizeBytes, null), averageBytes, `${sizeBytes} bytes`);
});

test('above 64 GiB it grows as the size does', () => {
  assert.equal(averageFor(64 * GIB + 1, null), 2 * MIB);
  assert.equal(averageFor(128 * GIB, null), 2 * MIB);
  assert.equal(averageFor(TIB, null), 16 * MIB);
  assert.equal(averageFor(TIB + 1, null), 32 * MIB);
});

test('the average of the previous version is kept within a factor of 4', () => {
  assert.equal(averageFor(GIB, 32 * KIB), 32 * KIB);
  assert.equal(averageFor(GIB, 512 * KIB), 512 * KIB);
  assert.equal(averageFor(GIB, 16 * KIB), 128 * KIB);
  assert.equal(averageFor(GIB, MIB), 128 * KIB);
});

test('a growing file changes its average only every few doublings', () => {
  const averages: number[] = [];
  let previous: number | null = null;
  for (let sizeBytes = MIB; sizeBytes <= 64 * GIB; sizeBytes += sizeBytes / 8) {
    previous = averageFor(sizeBytes, previous);
    if (averages.at(-1) !== previous) averages.push(previous);
  }
  assert.deepEqual(averages, [16 * KIB, 128 * KIB, 512 * KIB, MIB]);
});

test('whatever the size and the average before, it is a power of two with which no list grows too long', () => {
  const sizes = fc.nat({ max: 53 }).chain((log2) => fc.maxSafeNat().map((value) => value % 2 ** log2));
  const previous = fc.option(fc.integer({ min: 0, max: 53 }).map((log2) => 2 ** log2));
  fc.assert(
    fc.property(sizes, previous, (sizeBytes, previousAverageBytes) => {
      const averageBytes = averageFor(sizeBytes, previousAverageBytes);
      assert.ok(Number.isInteger(Math.log2(averageBytes)) && averageBytes >= limits.chunkAverageMinBytes);
      assert.ok(Math.ceil(sizeBytes / cutFor(averageBytes).minBytes) <= limits.chunksPerListMax);
    }),
  );
});
