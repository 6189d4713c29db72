import { readFileSync } from 'node:fs';
import { type LoopbackAddress, parseLoopback } from '@btsoot/shared/metrics/loopback.js';
import { BtsootError, errnoOf, fromSystemError } from '@btsoot/shared/model/errors.js';
import { limits } from '@btsoot/shared/model/limits.js';
import { parseRate } from '@btsoot/shared/model/rate.js';
import * as z from 'zod';
import { jsonLine, lineAt } from './json-line.js';
import type { Layout } from './layout.js';
import { writePrivateFile } from './private-file.js';
import { retentionSchema } from './retention-config.js';

export const defaultListen = { host: '0.0.0.0', port: 7713 } as const;

const namePattern = /^[A-Za-z0-9._-]+$/;

/** What a remote and a source may be called: it appears in commands, in file names and in logs. */
export const peerNameSchema = z
  .string()
  .regex(namePattern, 'must consist of letters, digits, ".", "_" and "-"')
  .max(limits.blockNameLengthMax, `must have at most ${limits.blockNameLengthMax} characters`);

/** A parser of ours as a check: what it throws is the complaint. */
function readBy(parser: (text: string) => unknown): (text: string, context: z.RefinementCtx) => void {
  return (text, context) => {
    try {
      parser(text);
    } catch (error) {
      context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : String(error) });
    }
  };
}

const configSchema = z.strictObject({
  version: z.literal(1, 'this program knows only version 1'),
  name: peerNameSchema,
  listen: z.strictObject({
    host: z.string().min(1, 'must not be empty'),
    port: z.int().min(1, 'must be from 1 to 65535').max(65_535, 'must be from 1 to 65535'),
  }),
  retention: retentionSchema.optional(),
  /** How often `serve` reads all contents of each block again, and how fast. 0: never. */
  scrub_every_days: z.number().min(0, 'must not be negative').optional(),
  scrub_rate: z.string().superRefine(readBy(parseRate)).optional(),
  /** Where `serve` tells Prometheus its metrics; missing: nowhere. */
  metrics: z.string().superRefine(readBy(parseLoopback)).optional(),
});

/** The contents of `remote.json`. */
export type RemoteConfig = z.infer<typeof configSchema>;
export type ListenAddress = RemoteConfig['listen'];

/** When `serve` reads contents again by itself, and how fast; null: never. */
export interface ScrubPlan {
  readonly everyUs: number;
  readonly bytesPerSecond: number;
}

export function scrubPlanOf(config: RemoteConfig): ScrubPlan | null {
  const days = config.scrub_every_days ?? limits.scrubDefaultDays;
  if (days === 0) return null;
  const bytesPerSecond = config.scrub_rate === undefined ? limits.scrubRateDefaultBytes : parseRate(config.scrub_rate);
  return { everyUs: days * 24 * 60 * 60 * 1e6, bytesPerSecond };
}

export function metricsAddressOf(config: RemoteConfig): LoopbackAddress | null {
  return config.metrics === undefined ? null : parseLoopback(config.metrics);
}

/**
 * Reads `remote.json`; null where there is none.
 * @throws BtsootError of kind `invalid` that names the file and the key.
 */
export function readConfig(layout: Layout): RemoteConfig | null {
  const text = readIfPresent(layout.configFile);
  return text === null ? null : parseJsonFile(layout.configFile, text, configSchema);
}

/** @throws BtsootError of kind `not-found`, with what to do, where the root was never initialised. */
export function requireConfig(layout: Layout): RemoteConfig {
  const config = readConfig(layout);
  if (config !== null) return config;
  throw new BtsootError('not-found', `${layout.root} is not a BTSOOT remote: it has no ${layout.configFile}`, {
    hint: `Mount the disk if it is not mounted, or run \`btsoot-remote init --root ${layout.root}\` once.`,
  });
}

export function writeConfig(layout: Layout, config: RemoteConfig): void {
  writePrivateFile(layout.configFile, `${JSON.stringify(configSchema.parse(config), null, 2)}\n`);
}

export function readIfPresent(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null;
    throw fromSystemError(error, `reading ${file}`);
  }
}

/** Parses and validates JSON; every complaint names the file, the key and the line. */
export function parseJsonFile<T>(file: string, text: string, schema: z.ZodType<T>): T {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const position = /at position (\d+)/.exec(message)?.[1];
    const line = position === undefined ? '' : ` (line ${lineAt(text, Number(position))})`;
    throw new BtsootError('invalid', `${file} is not JSON: ${message}${line}`, {
      hint: 'Mend it with an editor, and run it again.',
    });
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const complaints = result.error.issues.map((issue) => {
    const path = issue.code === 'unrecognized_keys' ? [...issue.path, ...issue.keys.slice(0, 1)] : issue.path;
    return `"${issue.path.join('.')}" ${issue.message} (line ${jsonLine(text, path)})`;
  });
  throw new BtsootError('invalid', `${file}: ${complaints.join('; ')}`, { hint: 'Mend it with an editor, and run it again.' });
}

/** Reads `HOST:PORT`, where an IPv6 address stands in brackets, and `:PORT` and `PORT` mean every address. */
export function parseListen(text: string): ListenAddress {
  const match = /^(?:(?:\[([^\]]+)\]|([^:]*)):)?(\d{1,5})$/.exec(text);
  const port = Number(match?.[3] ?? 0);
  if (match === null || port < 1 || port > 65_535) {
    throw new BtsootError('invalid', `"${text}" is no address to listen on`, {
      hint: 'Write HOST:PORT, as in 0.0.0.0:7713 or [::]:7713.',
    });
  }
  return { host: match[1] ?? (match[2] === undefined || match[2] === '' ? defaultListen.host : match[2]), port };
}
