import { createLogger, format, transports } from 'winston';
import type { LogLevel } from './log-levels.js';

/** Facts beside a message: numbers, names for people, counts. Never a secret, a key or a pairing code. */
export type LogFields = Readonly<Record<string, string | number | boolean>>;

export interface Log {
  error(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  debug(message: string, fields?: LogFields): void;
}

/** Logs to stderr, a line for each event: `level message key=value`, with the time in front where no journal adds it. */
export function openLog(level: LogLevel): Log {
  const inJournal = process.env['JOURNAL_STREAM'] !== undefined;
  const logger = createLogger({
    level,
    levels: { error: 0, warn: 1, info: 2, debug: 3 },
    format: format.combine(
      format.timestamp(),
      format.printf((info) => line(info, inJournal)),
    ),
    transports: [new transports.Stream({ stream: process.stderr })],
  });
  const logAt =
    (at: LogLevel) =>
    (message: string, fields: LogFields = {}): void => {
      logger.log(at, message, { fields });
    };
  return { error: logAt('error'), warn: logAt('warn'), info: logAt('info'), debug: logAt('debug') };
}

function line(info: Record<string, unknown>, inJournal: boolean): string {
  const fields = Object.entries((info['fields'] ?? {}) as LogFields).map(([key, value]) => `${key}=${shown(value)}`);
  const time = inJournal ? [] : [String(info['timestamp'])];
  return [...time, String(info['level']), String(info['message']), ...fields].join(' ');
}

function shown(value: string | number | boolean): string {
  return typeof value === 'string' && /[^\w.:@/+-]/.test(value) ? JSON.stringify(value) : String(value);
}
