import { BtsootError } from '@btsoot/shared/model/errors.js';
import type { Moment } from './sync-types.js';

const ISO = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?(Z|[+-]\d{2}:?\d{2})?)?$/i;

/**
 * Reads what `--at` takes: the number of a session, or an ISO 8601 date or time, local unless it has an offset. It means
 * the end of the smallest unit that is written: a date is the end of that day, `18:30:05` the end of that second.
 * @throws BtsootError of kind `invalid`.
 */
export function parseMoment(text: string): Moment {
  if (/^\d{1,9}$/.test(text) && Number(text) > 0) return { kind: 'session', number: Number(text) };
  const match = ISO.exec(text);
  if (match === null) throw notAMoment(text);
  const [, date = '', minute, second, fraction, offset] = match;
  const zone = offset === undefined ? '' : offset.toUpperCase().replace(/^([+-]\d{2})(\d{2})$/, '$1:$2');
  const start = new Date(`${date}T${minute ?? '00:00'}:${second ?? '00'}${zone}`);
  if (Number.isNaN(start.getTime()) || !isRealDate(date)) throw notAMoment(text);
  return { kind: 'time', us: start.getTime() * 1000 + lastOfUnitUs(start, minute, second, fraction) };
}

/** Microseconds from the start of what is written to its end. */
function lastOfUnitUs(start: Date, minute: string | undefined, second: string | undefined, fraction: string | undefined): number {
  if (fraction !== undefined) return Number(fraction.slice(0, 6).padEnd(6, '9'));
  if (second !== undefined) return 999_999;
  if (minute !== undefined) return 59_999_999;
  const nextDay = new Date(start);
  nextDay.setDate(nextDay.getDate() + 1); // a day may have 23 or 25 hours
  return (nextDay.getTime() - start.getTime()) * 1000 - 1;
}

/** JavaScript takes the 31st of February for the 3rd of March. */
function isRealDate(date: string): boolean {
  const day = new Date(`${date}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(date);
}

function notAMoment(text: string): BtsootError {
  return new BtsootError('invalid', `"${text}" is neither a session's number nor a time`, {
    hint: 'Write 2026-01-31, 2026-01-31T18:30, 2026-01-31T18:30:00+01:00, or a number such as 12.',
  });
}
