import { BtsootError } from '@btsoot/shared/model/errors.js';
import { parseRate } from '@btsoot/shared/model/rate.js';
import * as z from 'zod';
import { ALL_DAYS, MINUTES_PER_DAY, type RatePeriod, type RateTimetable } from './transfer/timetable.js';

const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
const rateSchema = z.string().transform((text, context) => {
  try {
    return parseRate(text);
  } catch (error) {
    if (!(error instanceof BtsootError)) throw error;
    return refuse(context, error.message);
  }
});

const timeSchema = z.string().transform((text, context) => {
  const [, hours = '', minutes = ''] = /^(\d{2}):(\d{2})$/.exec(text) ?? [];
  const minute = Number(hours) * 60 + Number(minutes);
  if (hours !== '' && Number(minutes) < 60 && minute <= MINUTES_PER_DAY) return minute;
  return refuse(context, `cannot be "${text}": a time of day is written as 08:00, from 00:00 to 24:00`);
});

const periodSchema = z
  .strictObject({
    days: z.array(z.enum(DAYS)).min(1, 'must name a day').optional(),
    from: timeSchema.default(0),
    to: timeSchema.default(MINUTES_PER_DAY),
    rate: rateSchema,
  })
  .transform(({ days, from, to, rate }, context): RatePeriod => {
    if (from % MINUTES_PER_DAY === to) return refuse(context, 'ends when it begins');
    return {
      days: days === undefined ? ALL_DAYS : new Set(days.map((day) => DAYS.indexOf(day))),
      fromMinute: from % MINUTES_PER_DAY,
      toMinute: to === 0 ? MINUTES_PER_DAY : to,
      bytesPerSecond: rate,
    };
  });

const always = (bytesPerSecond: number): RateTimetable => [
  { days: ALL_DAYS, fromMinute: 0, toMinute: MINUTES_PER_DAY, bytesPerSecond },
];

/** `rate_limit`: one rate for always, or a list of periods of which the first that fits counts. */
export const rateLimitSchema = z.union([rateSchema.transform(always), z.array(periodSchema)], {
  error: 'must be a rate such as "2 MB/s", or a list of periods',
});

function refuse(context: z.RefinementCtx, message: string): never {
  context.addIssue({ code: 'custom', message });
  return z.NEVER;
}
