import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type FigureLine, linesOf, medians } from './figures.js';

const line = (ours: number, theirs: number | null): FigureLine => ({
  bench: 'scan',
  what: 'a',
  unit: 's',
  ours,
  peer: 'cat',
  theirs,
});

test('a line of several runs has the medians of both sides', () => {
  assert.deepEqual(medians([[line(3, 1)], [line(1, 5)], [line(2, 2)]]), [line(2, 2)]);
});

test('a peer that is not installed stays named, and without a figure', () => {
  const json = { figures: [{ what: 'a', peer: 'cat', seconds: 2, peerSeconds: null }], chunkerBytesPerSecond: null };
  const lines = linesOf['scan']?.(json as never) ?? [];
  assert.deepEqual(medians([lines.map((one) => ({ bench: 'scan', ...one }))]), [line(2, null)]);
});
