import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Segment } from '@btsoot/shared/delta/gap.js';
import { listWith } from '@btsoot/shared/delta/testing.js';
import { resumed } from './resume.js';

const target = listWith(Buffer.alloc(100, 1), [10, 30, 60, 100], 16);
const content = { hash: '00'.repeat(16), sizeBytes: 100 };
const gap = (position: number, lengthBytes: number): Segment => ({
  kind: 'gap',
  position,
  lengthBytes,
  before: null,
  after: null,
  old: [],
});
const copy = (from: number, lengthBytes: number): Segment => ({ kind: 'copy', basis: 0, from, lengthBytes });

test('the received part comes first, up to the last whole chunk, and what lies behind stays', () => {
  const outline = { candidates: [], segments: [gap(0, 40), copy(7, 50), { kind: 'zeros', lengthBytes: 10 } as const] };
  const { candidates, segments } = resumed(outline, { content, durableBytes: 70 }, target);
  assert.deepEqual(segments, [copy(0, 60), copy(27, 30), { kind: 'zeros', lengthBytes: 10 }]);
  const [candidate] = candidates;
  assert.deepEqual([candidate?.basis, candidate?.sizeBytes], [{ content, partial: true }, 70]);
  assert.deepEqual([...(candidate?.list?.ends ?? [])], [10, 30, 60]);
  assert.equal(candidate?.list?.hashes.length, 48);
});

test('a gap is cut where the received part ends', () => {
  const { segments } = resumed({ candidates: [], segments: [gap(0, 100)] }, { content, durableBytes: 30 }, target);
  assert.deepEqual(segments, [copy(0, 30), gap(30, 70)]);
});

test('nothing is resumed where nothing would be sent anyway, or no chunk is whole', () => {
  const copied = { candidates: [], segments: [copy(0, 60), gap(60, 40)] };
  assert.equal(resumed(copied, { content, durableBytes: 60 }, target), copied);
  const fresh = { candidates: [], segments: [gap(0, 100)] };
  assert.equal(resumed(fresh, { content, durableBytes: 9 }, target), fresh);
});
