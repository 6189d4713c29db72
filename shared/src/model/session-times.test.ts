import assert from 'node:assert/strict';
import { test } from 'node:test';
import { knownTimes, latestTimes } from './session-times.js';

const day = 24 * 60 * 60 * 1_000_000;
const start = Date.UTC(2026, 0, 1) * 1_000;
const on = (...days: number[]) => days.map((number) => ({ finishedUs: start + number * day }));
const unset = { finishedUs: 5_000_000 };

const daysOf = (times: (number | null)[]): (number | null)[] =>
  times.map((time) => (time === null ? null : (time - start) / day));

test('times in order are believed', () => {
  assert.deepEqual(daysOf(knownTimes(on(1, 2, 2, 9), start + 10 * day)), [1, 2, 2, 9]);
});

test('a clock that was never set, or set back, says nothing: by the next session at the latest, it had ended', () => {
  const sessions = [unset, ...on(5), unset, ...on(3, 8), unset];
  assert.deepEqual(daysOf(knownTimes(sessions, start + 10 * day)), [null, 5, null, null, 8, null]);
  assert.deepEqual(daysOf(latestTimes(sessions, start + 10 * day)), [5, 5, 8, 8, 8, null]);
});

test('a time in the future says nothing, and does not stand in the way of those after it', () => {
  assert.deepEqual(daysOf(knownTimes(on(1, 5_000, 2, 3), start + 10 * day)), [1, null, 2, 3]);
});

test('while the clock is not set, nothing is known', () => {
  assert.deepEqual(knownTimes([unset, ...on(1, 2)], 6_000_000), [null, null, null]);
});
