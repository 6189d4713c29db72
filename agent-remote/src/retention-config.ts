import { limits } from '@btsoot/shared/model/limits.js';
import * as z from 'zod';
import { defaultRules, type RetentionRules } from './retention-rules.js';

const units: Readonly<Record<string, number>> = { MB: 1e6, GB: 1e9, TB: 1e12 };
const spacePattern = /^(\d{1,9}(?:\.\d{1,3})?) ?(%|MB|GB|TB)$/;

const days = z
  .int()
  .min(1, `must be from 1 to ${limits.retentionMaxDays}`)
  .max(limits.retentionMaxDays, `must be from 1 to ${limits.retentionMaxDays}`);
const sessions = z
  .int()
  .min(1, `must be from 1 to ${limits.sessionsKeptMax}`)
  .max(limits.sessionsKeptMax, `must be from 1 to ${limits.sessionsKeptMax}`);

/** `retention` in `remote.json`. What is left out has its default. */
export const retentionSchema = z
  .strictObject({
    keep_days: days.optional(),
    keep_sessions_min: sessions.optional(),
    keep_sessions_max: sessions.optional(),
    free_space_min: z
      .string()
      .regex(spacePattern, 'must be a size or a share of the disk, such as "20 GB" or "5 %"')
      .refine((text) => !text.endsWith('%') || Number.parseFloat(text) < 100, 'must be less than 100 %')
      .optional(),
    min_age_days: z
      .number()
      .min(0, 'must not be negative')
      .max(limits.retentionMaxDays, `must be at most ${limits.retentionMaxDays}`)
      .optional(),
  })
  .superRefine((value, context) => {
    const { keepDays, keepSessionsMin, keepSessionsMax, minAgeDays } = rulesOf(value);
    const refuse = (key: string, message: string): void => context.addIssue({ code: 'custom', path: [key], message });
    if (keepSessionsMax !== null && keepSessionsMin > keepSessionsMax)
      refuse('keep_sessions_max', `must not be below keep_sessions_min, which is ${keepSessionsMin}`);
    if (minAgeDays > keepDays) refuse('min_age_days', `must not be above keep_days, which is ${keepDays}`);
  });

export type RetentionConfig = z.infer<typeof retentionSchema>;

export function rulesOf(config: RetentionConfig | undefined): RetentionRules {
  const keepDays = config?.keep_days ?? defaultRules.keepDays;
  const [, number = '', unit = ''] = spacePattern.exec(config?.free_space_min ?? '') ?? [];
  return {
    keepDays,
    keepSessionsMin: config?.keep_sessions_min ?? defaultRules.keepSessionsMin,
    keepSessionsMax: config?.keep_sessions_max ?? null,
    freeSpaceMin: unit === '' ? null : floorOf(Number(number), unit),
    minAgeDays: config?.min_age_days ?? Math.min(defaultRules.minAgeDays, keepDays),
  };
}

function floorOf(number: number, unit: string): RetentionRules['freeSpaceMin'] {
  return unit === '%' ? { kind: 'percent', percent: number } : { kind: 'bytes', bytes: Math.round(number * (units[unit] ?? 1)) };
}
