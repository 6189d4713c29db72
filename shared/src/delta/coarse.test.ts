import assert from 'node:assert/strict';
import { test } from 'node:test';
import { coarseDelta } from './coarse.js';
import { wholeGap } from './gap.js';
import { cut, knownBasis, listWith } from './testing.js';
import { noise } from './testing-arbitraries.js';

const AVERAGE = 256;
const old = noise(100_000, 1);
const bases = [knownBasis(old, AVERAGE)];

function gapsOf(segments: ReturnType<typeof coarseDelta>) {
  return segments.flatMap((segment) => (segment.kind === 'gap' ? [segment] : []));
}

test('the same bytes are one copy', () => {
  assert.deepEqual(coarseDelta(cut(old, AVERAGE), bases), [{ kind: 'copy', basis: 0, from: 0, lengthBytes: old.length }]);
  assert.deepEqual(coarseDelta(cut(Buffer.alloc(0), AVERAGE), bases), []);
});

test('a byte that was written over is one gap in place of as many old bytes', () => {
  const target = Buffer.from(old);
  target[50_000] = (old[50_000] ?? 0) ^ 1;
  const segments = coarseDelta(cut(target, AVERAGE), bases);
  assert.deepEqual(
    segments.map(({ kind }) => kind),
    ['copy', 'gap', 'copy'],
  );
  const [gap] = gapsOf(segments);
  assert.ok(gap !== undefined && gap.lengthBytes < 16 * AVERAGE);
  assert.deepEqual(gap.old, [{ basis: 0, from: gap.position, lengthBytes: gap.lengthBytes }]);
});

test('an append leaves a gap in place of the old last chunk', () => {
  const target = Buffer.concat([old, noise(5_000, 2)]);
  const [gap, ...others] = gapsOf(coarseDelta(cut(target, AVERAGE), bases));
  assert.ok(gap !== undefined && others.length === 0);
  assert.deepEqual(gap.old, [{ basis: 0, from: gap.position, lengthBytes: old.length - gap.position }]);
});

test('of what was deleted beside an edit only the ends may still be there', () => {
  const target = Buffer.concat([old.subarray(0, 20_000), noise(100, 3), old.subarray(80_000)]);
  const [gap] = gapsOf(coarseDelta(cut(target, AVERAGE), bases));
  assert.equal(gap?.old.length, 2);
  assert.ok((gap?.old[0]?.from ?? 0) <= 20_000 && (gap?.old[1]?.from ?? 0) < 80_000);
  assert.ok(gap?.old.every(({ lengthBytes }) => lengthBytes === 2 * gap.lengthBytes));
});

test('bytes of many chunks that have nothing in common are not compared further', () => {
  const other = noise(100_000, 4);
  assert.deepEqual(coarseDelta(cut(other, AVERAGE), bases), [
    { kind: 'gap', position: 0, lengthBytes: other.length, before: null, after: null, old: [] },
  ]);
});

test('without a list, or with few chunks, the whole is in place of the whole', () => {
  const other = noise(60_000, 5);
  const whole = wholeGap(other.length, bases);
  assert.deepEqual(whole.old, [{ basis: 0, from: 0, lengthBytes: old.length }]);
  assert.deepEqual(coarseDelta(cut(other, AVERAGE), [knownBasis(old, null)]), [whole]);
  assert.deepEqual(coarseDelta(listWith(other, [30_000, 60_000], AVERAGE), bases), [whole]);
  assert.deepEqual(wholeGap(10, []).old, []);
  assert.deepEqual(coarseDelta(cut(other, AVERAGE), [])[0], { ...wholeGap(other.length, []) });
});

test('what is found twice is taken from the same position of the first basis', () => {
  const part = noise(10_000, 6);
  const repeated = Buffer.concat([part, part, part]);
  const target = Buffer.from(repeated);
  noise(300, 7).copy(target, 5_000);
  const list = cut(repeated, AVERAGE);
  const segments = coarseDelta(cut(target, AVERAGE), [{ sizeBytes: repeated.length, list }]);
  let at = 0;
  for (const segment of segments) {
    if (segment.kind === 'copy') assert.equal(segment.from, at);
    at += segment.lengthBytes;
  }
});

test('zeros are zeros, but where the first basis has them already', () => {
  const image = Buffer.concat([noise(10_000, 8), Buffer.alloc(50_000), noise(10_000, 9)]);
  const fresh = coarseDelta(cut(image, AVERAGE), []);
  assert.ok(fresh.some((segment) => segment.kind === 'zeros' && segment.lengthBytes > 45_000));
  const again = coarseDelta(cut(image, AVERAGE), [knownBasis(image, AVERAGE)]);
  assert.deepEqual(again, [{ kind: 'copy', basis: 0, from: 0, lengthBytes: image.length }]);
});

test('gaps beside zeros are in place of what lay at their position', () => {
  const image = Buffer.concat([noise(20_000, 10), Buffer.alloc(60_000), noise(20_000, 11)]);
  const target = Buffer.from(image);
  noise(100, 12).copy(target, 10_000);
  Buffer.alloc(20_000).copy(target, 11_000);
  noise(100, 13).copy(target, 90_000);
  for (const gap of gapsOf(coarseDelta(cut(target, AVERAGE), [knownBasis(image, AVERAGE)]))) {
    assert.equal(gap.old.length, 1);
    const [stretch] = gap.old;
    assert.ok(stretch !== undefined && stretch.from <= gap.position);
    assert.ok(stretch.from + stretch.lengthBytes >= gap.position + gap.lengthBytes && stretch.lengthBytes <= 3 * gap.lengthBytes);
  }
});

test('a hundred thousand chunks, all equal or all different, are found in one pass', () => {
  const count = 100_000;
  const ends = Float64Array.from({ length: count }, (_, index) => (index + 1) * 1_000);
  const equal = { averageBytes: 1_024, ends, hashes: Buffer.alloc(16 * count, 7) };
  const different = { averageBytes: 1_024, ends, hashes: noise(16 * count, 14) };
  for (const list of [equal, different]) {
    const segments = coarseDelta(list, [{ sizeBytes: count * 1_000, list }]);
    assert.deepEqual(segments, [{ kind: 'copy', basis: 0, from: 0, lengthBytes: count * 1_000 }]);
  }
});
