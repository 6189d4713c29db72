import * as z from 'zod';

const UNITS_MS: Readonly<Record<string, number>> = { s: 1_000, min: 60_000, h: 3_600_000, d: 86_400_000 };
const PATTERN = /^(\d{1,6}) ?(s|min|h|d)$/;

/** A length of time such as `"10 s"`, in milliseconds. */
export function durationSchema(minMs: number, maxMs: number) {
  return z.string().transform((text, context): number => {
    const [, number = '', unit = ''] = PATTERN.exec(text) ?? [];
    const ms = Number(number) * (UNITS_MS[unit] ?? 0);
    const refuse = (message: string): never => {
      context.addIssue({ code: 'custom', message });
      return z.NEVER;
    };
    if (unit === '') return refuse(`cannot be "${text}": a time is written as "10 s", "5 min", "2 h" or "1 d"`);
    if (ms < minMs || ms > maxMs) return refuse(`must be from ${durationText(minMs)} to ${durationText(maxMs)}`);
    return ms;
  });
}

/** As the config file has it. */
export function durationText(ms: number): string {
  const [unit = 's', unitMs = 1_000] = Object.entries(UNITS_MS).findLast(([, each]) => ms % each === 0 && ms >= each) ?? [];
  return `${ms / unitMs} ${unit}`;
}
