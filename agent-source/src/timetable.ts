import { BtsootError } from '@btsoot/shared/model/errors.js';
import { Cron } from 'croner';

/** When something is due by the clock. */
export interface Timetable {
  /** As it was written. */
  readonly text: string;
  /** Milliseconds since the epoch; null: never again. */
  next(afterMs: number): number | null;
}

const FIELDS = 5;
const NAMES = ['@hourly', '@daily', '@midnight', '@weekly', '@monthly', '@yearly', '@annually'];

/**
 * Cron's five fields (minute, hour, day of the month, month, day of the week), in local time; or one of its names, such as `@daily`.
 * @throws BtsootError of kind `invalid`
 */
export function parseTimetable(text: string): Timetable {
  try {
    const fields = text.trim().split(/\s+/);
    // Croner's own words for these speak of seconds and years, and of what starts with a system.
    if (fields[0]?.startsWith('@') === true) requireName(text.trim());
    else if (fields.length !== FIELDS) throw new Error(`it has ${fields.length} of the ${FIELDS} fields`);
    const cron = new Cron(text.trim(), { mode: '5-part', paused: true });
    if (cron.nextRun() === null) throw new Error('it never comes');
    return { text, next: (afterMs) => cron.nextRun(new Date(afterMs))?.getTime() ?? null };
  } catch (error) {
    const why = error instanceof Error ? error.message.replace(/^\w*Error: |^Cron\w*: /, '') : String(error);
    throw new BtsootError(
      'invalid',
      `"${text}": ${why}; a timetable is written as in cron, such as "0 3 * * *" for three at night`,
      {
        hint: 'Its five fields are the minute, the hour, the day of the month, the month and the day of the week; "@daily" is midnight each day.',
      },
    );
  }
}

function requireName(text: string): void {
  if (!NAMES.includes(text.toLowerCase())) throw new Error(`it is none of ${NAMES.join(', ')}`);
}
