import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { coarseDelta } from './coarse.js';
import { blockBytesFor, questionsFor, worthAsking } from './cost.js';
import { applyOps, cut, knownBasis, listWith, literalBytes, literalsOf, wholeDelta } from './testing.js';
import { noise, versions } from './testing-arbitraries.js';

/* The whole way: chunk lists, then probes, then signatures of what is left, then the search. */

const AVERAGE = 256;

function deltaOf(old: Buffer, target: Buffer, averageBytes = AVERAGE) {
  return wholeDelta(target, cut(target, averageBytes), [old], [knownBasis(old, averageBytes)]);
}

test('patch(old, delta(old, new)) is new, with lists or without', () => {
  const average = fc.constantFrom(16, 64, 1_024);
  fc.assert(
    fc.property(versions(200_000), average, fc.boolean(), ({ old, target }, averageBytes, hasList) => {
      const known = [knownBasis(old, hasList ? averageBytes : null)];
      const { ops } = wholeDelta(target, cut(target, averageBytes), [old], known);
      assert.ok(applyOps(ops, [old], literalsOf(ops, target)).equals(target));
    }),
    { numRuns: 120 },
  );
});

test('with several bases, and cuts that have nothing to do with the bytes', () => {
  fc.assert(
    fc.property(versions(50_000), versions(50_000), fc.integer({ min: 100, max: 5_000 }), (a, b, lengthBytes) => {
      const target = Buffer.concat([a.target, b.target]);
      const ends = Array.from({ length: Math.ceil(target.length / lengthBytes) }, (_, index) =>
        Math.min((index + 1) * lengthBytes, target.length),
      );
      const bases = [a.old, b.old];
      const known = [knownBasis(a.old, AVERAGE), knownBasis(b.old, AVERAGE)];
      for (const list of [cut(target, AVERAGE), listWith(target, ends, 1_024)]) {
        const { ops } = wholeDelta(target, list, bases, known);
        assert.ok(applyOps(ops, bases, literalsOf(ops, target)).equals(target));
      }
    }),
    { numRuns: 60 },
  );
});

test('an append asks nothing, and sends what was appended', () => {
  const old = noise(100_000, 1);
  for (const more of [1, 100, 50_000]) {
    const { ops, signatureBytes } = deltaOf(old, Buffer.concat([old, noise(more, 2)]));
    assert.deepEqual(ops, [
      { kind: 'copy', basis: 0, from: 0, lengthBytes: old.length },
      { kind: 'literal', lengthBytes: more },
    ]);
    assert.equal(signatureBytes, 0);
  }
});

test('a file that was cut off is one copy, and asks next to nothing', () => {
  const old = noise(100_000, 3);
  for (const lengthBytes of [99_999, 60_000]) {
    const { ops, signatureBytes } = deltaOf(old, old.subarray(0, lengthBytes), 1_024);
    assert.ok(literalBytes(ops) <= 512 && signatureBytes <= 1_024);
  }
});

test('pages that are written over cost exactly themselves, in place', () => {
  const old = noise(256 * 4_096, 4);
  const target = Buffer.from(old);
  const pages = [0, 17, 18, 100, 255];
  for (const page of pages) noise(4_096, 1_000 + page).copy(target, page * 4_096);
  const { ops } = deltaOf(old, target, 16_384);
  assert.equal(literalBytes(ops), pages.length * 4_096);
  let at = 0;
  for (const op of ops) {
    if (op.kind === 'copy') assert.equal(op.from, at);
    at += op.lengthBytes;
  }
});

test('a byte in a large file costs a block and a small question', () => {
  const old = noise(4_000_000, 5);
  const target = Buffer.from(old);
  target[2_000_000] = (old[2_000_000] ?? 0) ^ 1;
  const { ops, signatureBytes } = deltaOf(old, target, 16_384);
  assert.ok(literalBytes(ops) <= 1_024);
  assert.ok(signatureBytes <= 1_024);
});

test('bytes put in at the begin are all that is sent', () => {
  const old = noise(1_000_000, 6);
  const { ops } = deltaOf(old, Buffer.concat([noise(1_000, 7), old]), 16_384);
  assert.ok(literalBytes(ops) <= 1_000);
});

test('moved parts are copied from where they were', () => {
  const old = noise(400_000, 8);
  const target = Buffer.concat([old.subarray(200_000), old.subarray(0, 200_000)]);
  const { ops } = deltaOf(old, target, 1_024);
  assert.ok(literalBytes(ops) <= 2_048);
});

test('a question is asked only where it costs less than it saves', () => {
  assert.ok(!worthAsking(0, 1_000_000));
  assert.ok(!worthAsking(100, 100));
  assert.ok(!worthAsking(400_000, 1_000));
  assert.ok(worthAsking(65_536, 65_536));
  assert.ok(worthAsking(2 ** 32, 2 ** 32));
  assert.ok(!worthAsking(2 ** 40, 2 ** 40));
  assert.equal(blockBytesFor(65_536, 65_536), 1_024);
  assert.equal(blockBytesFor(2 ** 40, 2 ** 40), 65_536);
  assert.equal(blockBytesFor(0, 0), 64);
});

test('all regions of a gap have one block size', () => {
  const old = noise(100_000, 9);
  const target = Buffer.concat([old.subarray(0, 20_000), noise(500, 10), old.subarray(80_000)]);
  const gaps = coarseDelta(cut(target, AVERAGE), [knownBasis(old, AVERAGE)]).flatMap((part) =>
    part.kind === 'gap' ? [part] : [],
  );
  const questions = gaps.flatMap(questionsFor);
  assert.equal(questions.length, 2);
  assert.equal(new Set(questions.map(({ region }) => region.blockBytes)).size, 1);
});
