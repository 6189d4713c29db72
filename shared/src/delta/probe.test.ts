import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chunkStart } from './chunk-index.js';
import { type Gap, type KnownBasis, makeGap, type Segment, wholeGap } from './gap.js';
import { probe } from './probe.js';
import { knownBasis } from './testing.js';
import { noise } from './testing-arbitraries.js';

const old = noise(50_000, 1);
const bases = [knownBasis(old, 256)];

function probeAll(gap: Gap, target: Buffer, known: readonly KnownBasis[] = bases): Segment[] {
  const bytes = target.subarray(gap.position, gap.position + gap.lengthBytes);
  return probe(gap, known, [{ position: gap.position, bytes }]);
}

/** Where the old chunk begins that holds this byte, and where the next one does. */
function chunkAround(at: number): { begin: number; end: number } {
  const list = bases[0]?.list ?? assert.fail();
  const index = list.ends.findIndex((end) => end > at);
  return { begin: chunkStart(list, index), end: chunkStart(list, index + 1) };
}

test('old chunks around an edit in place are found though they are chunks no more', () => {
  const target = Buffer.from(old);
  target[25_000] = (old[25_000] ?? 0) ^ 1;
  const { begin, end } = chunkAround(25_000);
  const edge = { basis: 0, position: begin, from: begin };
  assert.deepEqual(probeAll(wholeGap(old.length, bases), target), [
    { kind: 'copy', basis: 0, from: 0, lengthBytes: begin },
    makeGap(begin, end - begin, edge, { basis: 0, position: end, from: end }, bases),
    { kind: 'copy', basis: 0, from: end, lengthBytes: old.length - end },
  ]);
});

test('what was put in moves the chunks behind it, which the gap end tells', () => {
  const more = noise(1_000, 2);
  const target = Buffer.concat([old.subarray(0, 25_000), more, old.subarray(25_000)]);
  const { begin, end } = chunkAround(25_000);
  const [front, gap, back, ...others] = probeAll(wholeGap(target.length, bases), target);
  assert.deepEqual(others, []);
  assert.deepEqual(front, { kind: 'copy', basis: 0, from: 0, lengthBytes: begin });
  assert.deepEqual(back, { kind: 'copy', basis: 0, from: end, lengthBytes: old.length - end });
  assert.deepEqual(gap?.kind === 'gap' && gap.old, [{ basis: 0, from: begin, lengthBytes: end - begin }]);
});

test('an append has nothing old behind what was found', () => {
  const target = Buffer.concat([old, noise(3_000, 3)]);
  const [copy, gap, ...others] = probeAll(wholeGap(target.length, bases), target);
  assert.deepEqual(others, []);
  assert.deepEqual(copy, { kind: 'copy', basis: 0, from: 0, lengthBytes: old.length });
  assert.deepEqual(gap?.kind === 'gap' && { lengthBytes: gap.lengthBytes, old: gap.old }, { lengthBytes: 3_000, old: [] });
});

test('of a large gap, its ends are enough to look at', () => {
  const target = Buffer.concat([old.subarray(0, 10_000), noise(100_000, 4), old.subarray(40_000)]);
  const ends = [0, target.length - 5_000].map((position) => ({ position, bytes: target.subarray(position, position + 5_000) }));
  const parts = probe(wholeGap(target.length, bases), bases, ends);
  assert.deepEqual(
    parts.map(({ kind }) => kind),
    ['copy', 'gap', 'copy'],
  );
  assert.equal(
    parts.reduce((sum, { lengthBytes }) => sum + lengthBytes, 0),
    target.length,
  );
  assert.ok(parts.every((part) => part.kind === 'gap' || part.lengthBytes > 3_000));
});

test('without a list, without an edge, or among other bytes nothing is found', () => {
  const other = noise(50_000, 5);
  const gap = wholeGap(other.length, bases);
  assert.deepEqual(probeAll(gap, other), [gap]);
  const unlisted = [knownBasis(old, null)];
  assert.deepEqual(probeAll(wholeGap(old.length, unlisted), old, unlisted), [wholeGap(old.length, unlisted)]);
  const lone = makeGap(0, old.length, null, null, bases);
  assert.deepEqual(probeAll(lone, old), [lone]);
});
