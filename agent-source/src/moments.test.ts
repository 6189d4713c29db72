import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseMoment } from './moments.js';

function us(text: string): number {
  const moment = parseMoment(text);
  assert.equal(moment.kind, 'time');
  return moment.kind === 'time' ? moment.us : 0;
}

test('a whole number is a session', () => {
  assert.deepEqual(parseMoment('12'), { kind: 'session', number: 12 });
});

test('a time means the end of its smallest unit', () => {
  const base = Date.UTC(2026, 0, 31, 18, 30, 5) * 1000;
  assert.equal(us('2026-01-31T18:30:05Z'), base + 999_999);
  assert.equal(us('2026-01-31T18:30:05.25Z'), base + 259_999);
  assert.equal(us('2026-01-31T18:30:05.123456Z'), base + 123_456);
  assert.equal(us('2026-01-31T18:30Z'), base - 5_000_000 + 59_999_999);
  assert.equal(us('2026-01-31 19:30:05+0100'), base + 999_999);
  assert.equal(us('2026-01-31t17:30:05-01:00'), base + 999_999);
});

test('a date is the end of that day here, also where clocks change', () => {
  assert.equal(us('2026-03-29'), new Date(2026, 2, 30).getTime() * 1000 - 1);
  assert.equal(us('2026-01-31T18:30'), new Date(2026, 0, 31, 18, 30).getTime() * 1000 + 59_999_999);
});

test('now as JavaScript writes it is never before what just happened', () => {
  const happenedUs = Date.now() * 1000 + 999;
  assert.ok(us(new Date(happenedUs / 1000).toISOString()) >= happenedUs);
});

test('what is no moment is refused', () => {
  for (const text of ['', '0', 'yesterday', '2026-02-30', '2026-13-01', '2026-01-31T25:00', '2026-1-1', '12.5', '-3']) {
    assert.throws(() => parseMoment(text), /neither a session's number nor a time/, text);
  }
});
