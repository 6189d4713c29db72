import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import fc from 'fast-check';
import { ALL_DAYS, MINUTES_PER_DAY, type RatePeriod, type RateTimetable, rateAt } from './timetable.js';

const period = (from: number, to: number, bytesPerSecond: number, days = ALL_DAYS): RatePeriod => ({
  days,
  fromMinute: from * 60,
  toMinute: to * 60,
  bytesPerSecond,
});

/** 2026-11-23 is a Monday. */
const at = (day: number, hour: number, minute = 0): Date => new Date(2026, 10, 22 + day, hour, minute);

test('the first period that a moment falls into counts; none is as fast as it goes', () => {
  const timetable = [period(8, 18, 1), period(12, 20, 2)];
  assert.equal(rateAt([], at(1, 12)), null);
  const rates = [7, 8, 12, 17, 18, 19, 20].map((hour) => rateAt(timetable, at(1, hour)));
  assert.deepEqual(rates, [null, 1, 1, 1, 2, 2, null]);
  assert.equal(rateAt(timetable, at(1, 7, 59)), null);
  assert.equal(rateAt(timetable, at(1, 17, 59)), 1);
});

test('a whole day is from 0 to 24', () => {
  const timetable = [period(0, 24, 5)];
  assert.deepEqual([rateAt(timetable, at(1, 0)), rateAt(timetable, at(1, 23, 59))], [5, 5]);
});

test('a period past midnight belongs to the day on which it begins', () => {
  const timetable = [period(22, 6, 5, new Set([5]))];
  const rates = [at(5, 21, 59), at(5, 22), at(5, 23, 59), at(6, 0), at(6, 5, 59), at(6, 6), at(6, 23), at(5, 3)];
  assert.deepEqual(
    rates.map((date) => rateAt(timetable, date)),
    [null, 5, 5, 5, 5, null, null, null],
  );
  const saturdays = [period(22, 6, 5, new Set([6]))];
  assert.deepEqual([rateAt(saturdays, at(7, 5)), rateAt(saturdays, at(0, 5)), rateAt(saturdays, at(8, 5))], [5, 5, null]);
});

test('it agrees with a week painted minute by minute', () => {
  const periods = fc.record({
    days: fc.uniqueArray(fc.integer({ min: 0, max: 6 })).map((days) => new Set(days)),
    fromMinute: fc.integer({ min: 0, max: MINUTES_PER_DAY - 1 }),
    toMinute: fc.integer({ min: 1, max: MINUTES_PER_DAY }),
    bytesPerSecond: fc.integer({ min: 1, max: 9 }),
  });
  const timetables = fc.array(
    periods.filter((one) => one.fromMinute !== one.toMinute),
    { maxLength: 4 },
  );
  fc.assert(
    fc.property(timetables, fc.integer({ min: 0, max: 7 * MINUTES_PER_DAY - 1 }), (timetable, minute) => {
      const date = at(0, 0, minute);
      assert.equal(rateAt(timetable, date), paint(timetable)[minute]);
    }),
    { numRuns: 200 },
  );
});

function paint(timetable: RateTimetable): (number | null)[] {
  const week: (number | null)[] = Array(7 * MINUTES_PER_DAY).fill(null);
  for (const { days, fromMinute, toMinute, bytesPerSecond } of timetable.toReversed()) {
    const lengthMinutes = toMinute > fromMinute ? toMinute - fromMinute : toMinute + MINUTES_PER_DAY - fromMinute;
    for (const day of days) {
      for (let minute = 0; minute < lengthMinutes; minute += 1) {
        week[(day * MINUTES_PER_DAY + fromMinute + minute) % week.length] = bytesPerSecond;
      }
    }
  }
  return week;
}

test('where clocks are set, the wall clock counts', (t: TestContext) => {
  const zone = process.env['TZ'];
  t.after(() => {
    if (zone === undefined) delete process.env['TZ'];
    else process.env['TZ'] = zone;
  });
  process.env['TZ'] = 'Europe/Berlin';
  const timetable = [period(2, 3, 7)];
  const rates = (...times: string[]) => times.map((time) => rateAt(timetable, new Date(time)));
  // Clocks go from 2:00 to 3:00, and in autumn from 3:00 back to 2:00.
  assert.deepEqual(rates('2026-03-29T00:59:00Z', '2026-03-29T01:00:00Z'), [null, null]);
  assert.deepEqual(rates('2026-10-25T00:00:00Z', '2026-10-25T01:59:00Z', '2026-10-25T02:00:00Z'), [7, 7, null]);
});
