import * as z from 'zod';
import { durationText, parseDuration } from './duration.js';

/** A length of time such as `"10 s"`, in milliseconds. */
export function durationSchema(minMs: number, maxMs: number) {
  return z.string().transform((text, context): number => {
    const ms = parseDuration(text);
    const refuse = (message: string): never => {
      context.addIssue({ code: 'custom', message });
      return z.NEVER;
    };
    if (ms === null) return refuse(`cannot be "${text}": a time is written as "10 s", "5 min", "2 h" or "1 d"`);
    if (ms < minMs || ms > maxMs) return refuse(`must be from ${durationText(minMs)} to ${durationText(maxMs)}`);
    return ms;
  });
}
