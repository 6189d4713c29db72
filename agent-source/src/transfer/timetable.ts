/** How fast may be sent from `fromMinute` to before `toMinute` of a day; one that begins later than it ends lasts past midnight. */
export interface RatePeriod {
  /** Days on which it begins, as `Date.getDay` counts them, 0 for Sunday. */
  readonly days: ReadonlySet<number>;
  /** Minutes since midnight: 0 to 1,440. */
  readonly fromMinute: number;
  readonly toMinute: number;
  readonly bytesPerSecond: number;
}

/** The first period that a moment falls into counts. */
export type RateTimetable = readonly RatePeriod[];

export const ALL_DAYS: ReadonlySet<number> = new Set([0, 1, 2, 3, 4, 5, 6]);
export const MINUTES_PER_DAY = 24 * 60;

/**
 * Bytes per second at this moment of the local wall clock, null for as fast as it goes. A day on which clocks are set has a
 * period shorter or longer than its minutes say, and no period twice or never.
 */
export function rateAt(timetable: RateTimetable, date: Date): number | null {
  const minute = date.getHours() * 60 + date.getMinutes();
  const day = date.getDay();
  return timetable.find((period) => covers(period, day, minute))?.bytesPerSecond ?? null;
}

function covers({ days, fromMinute, toMinute }: RatePeriod, day: number, minute: number): boolean {
  if (fromMinute < toMinute) return days.has(day) && minute >= fromMinute && minute < toMinute;
  const dayBefore = (day + 6) % 7;
  return minute >= fromMinute ? days.has(day) : minute < toMinute && days.has(dayBefore);
}
