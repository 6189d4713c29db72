import { closeSync, mkdirSync, openSync } from 'node:fs';
import path from 'node:path';
import { limits } from '@btsoot/shared/model/limits.js';
import type { Logger as WinstonLogger } from 'winston';

/** What a line of the log may carry beside its message: plain values, no objects that could hide a secret. */
export type LogFields = Readonly<Record<string, string | number | boolean | null>>;

export type LogLevel = 'error' | 'warn' | 'info' | 'debug';

export interface Logger {
  log(level: LogLevel, message: string, fields?: LogFields): void;
  /** Resolves when everything is written. Never throws: a full disk must not fail a sync through its log. */
  close(): Promise<void>;
}

export type LogPlace = { readonly kind: 'stderr' } | { readonly kind: 'file'; readonly file: string };

/** A file on a disk that hangs must not keep the command from ending. */
const endMaxMs = 2_000;

export const NO_LOG: Logger = { log: () => {}, close: async () => {} };

/**
 * A log of JSON lines. winston is loaded by the first line, not before: most commands write none.
 * `$BTSOOT_LOG` sets the level: error, warn, info (the default) or debug.
 */
export function openLog(place: LogPlace, level: string | undefined = process.env['BTSOOT_LOG']): Logger {
  let started: Promise<WinstonLogger> | null = null;
  return {
    log(lineLevel, message, fields = {}) {
      const time = new Date().toISOString();
      started ??= startWinston(place, levelOf(level));
      started.then((winston) => winston.log(lineLevel, message, { time, ...clean(fields) })).catch(() => {});
    },
    async close() {
      if (started === null) return;
      await started.then(endOf).catch(() => {});
    },
  };
}

async function startWinston(place: LogPlace, level: LogLevel): Promise<WinstonLogger> {
  const { default: winston } = await import('winston');
  if (place.kind === 'file') checkWritable(place.file);
  const transport =
    place.kind === 'stderr'
      ? new winston.transports.Stream({ stream: process.stderr })
      : new winston.transports.File({
          filename: place.file,
          maxsize: limits.logFileMaxBytes,
          maxFiles: limits.logFilesMax,
          tailable: true,
          options: { flags: 'a', mode: 0o600 },
        });
  const logger = winston.createLogger({ level, format: winston.format.json(), transports: [transport] });
  logger.on('error', () => {}); // the log's own trouble is not the sync's
  return logger;
}

/** winston swallows what goes wrong when it opens a file, and then never ends. */
function checkWritable(file: string): void {
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  closeSync(openSync(file, 'a', 0o600));
}

function endOf(logger: WinstonLogger): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, endMaxMs);
    const done = (): void => {
      clearTimeout(timer);
      resolve();
    };
    for (const transport of logger.transports) transport.once('finish', done).once('error', done);
    logger.end();
  });
}

function levelOf(text: string | undefined): LogLevel {
  return text === 'error' || text === 'warn' || text === 'debug' ? text : 'info';
}

const SECRET_NAME = /secret|password|token|private|pem|code$/i;
const SECRET_TEXT = /btsoot1-[\w-]+|-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g;

/** A second line of defence: nobody passes a secret here, and if somebody does it is not written. */
export function clean(fields: LogFields): LogFields {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => {
      if (SECRET_NAME.test(name)) return [name, '(hidden)'];
      return [name, typeof value === 'string' ? value.replace(SECRET_TEXT, '(hidden)') : value];
    }),
  );
}
