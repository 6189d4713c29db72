import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseTimetable } from './timetable.js';

/** The next time after a Wednesday morning, in local time. */
function nextOf(text: string): string {
  const next = new Date(parseTimetable(text).next(new Date(2026, 2, 4, 5, 6, 7).getTime()) ?? 0);
  const two = (number: number): string => String(number).padStart(2, '0');
  const day = `${next.getFullYear()}-${two(next.getMonth() + 1)}-${two(next.getDate())}`;
  return `${day} ${two(next.getHours())}:${two(next.getMinutes())}`;
}

test("cron's five fields, in local time", () => {
  assert.equal(nextOf('0 3 * * *'), '2026-03-05 03:00');
  assert.equal(nextOf('30 22 * * mon-fri'), '2026-03-04 22:30');
});

test('its names mean the begin of each hour, day, week, month and year', () => {
  assert.equal(nextOf('@hourly'), '2026-03-04 06:00');
  for (const text of ['@daily', '@midnight', ' @DAILY ']) assert.equal(nextOf(text), '2026-03-05 00:00');
  assert.equal(nextOf('@weekly'), '2026-03-08 00:00');
  assert.equal(nextOf('@monthly'), '2026-04-01 00:00');
  for (const text of ['@yearly', '@annually']) assert.equal(nextOf(text), '2027-01-01 00:00');
});

test('what is neither is refused, with what it may be', () => {
  for (const text of ['@reboot', '@every 5m', '@daily 3', '@'])
    assert.throws(
      () => parseTimetable(text),
      { kind: 'invalid', message: /none of @hourly, @daily, .*@annually; a timetable/ },
      text,
    );
  assert.throws(() => parseTimetable('0 3 * *'), { kind: 'invalid', message: /has 4 of the 5 fields/ });
  assert.throws(() => parseTimetable('0 0 31 2 *'), { kind: 'invalid', message: /never comes/ });
});
