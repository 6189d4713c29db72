import { appendFileSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { writeFileAtomic } from '@btsoot/shared/disk/durable.js';
import { fromText } from '@btsoot/shared/model/bytes.js';
import { errnoOf, fromSystemError } from '@btsoot/shared/model/errors.js';
import { limits } from '@btsoot/shared/model/limits.js';
import { blockPaths, type Paths } from './paths.js';
import type { SyncEnd } from './sync-message.js';

/** The figures of one sync that did something or could not. */
export interface SyncRecord {
  readonly kind: 'done' | 'partial' | 'refused' | 'failed';
  /** Microseconds since the epoch. */
  readonly finishedUs: number;
  readonly durationMs: number;
  readonly sentBytes: number;
  readonly savedBytes: number;
  readonly steps: number;
  /** Its number in the target's history; 0 where nothing was changed there. */
  readonly session: number;
  readonly problemCount: number;
}

const KINDS: ReadonlySet<unknown> = new Set<SyncRecord['kind']>(['done', 'partial', 'refused', 'failed']);
const NUMBERS = ['finishedUs', 'durationMs', 'sentBytes', 'savedBytes', 'steps', 'session', 'problemCount'] as const;

/** Null for a sync that found nothing to do: of a watched block there is one each day and more. */
export function recordOf(end: SyncEnd, durationMs: number, finishedUs: number): SyncRecord | null {
  if (end.kind === 'error') {
    const nothing = { sentBytes: 0, savedBytes: 0, steps: 0, session: 0, problemCount: 0 };
    return end.error.kind === 'cancelled' ? null : { kind: 'failed', finishedUs, durationMs, ...nothing };
  }
  const { kind, sentBytes, savedBytes, steps, session, problemCount } = end.result;
  if (kind === 'planned' || kind === 'unchanged' || (kind === 'partial' && session === 0)) return null;
  return { kind, finishedUs, durationMs, sentBytes, savedBytes, steps, session, problemCount };
}

/** Oldest first. Lines that are none, as a crash may leave the last one, are passed over: they are only for people. */
export function readSyncRecords(paths: Paths, block: string): SyncRecord[] {
  return linesOf(blockPaths(paths, block).syncRecords).flatMap(recordIn).slice(-limits.syncRecordsKept);
}

/** The file grows to twice what is kept before it is written anew. */
export function appendSyncRecord(paths: Paths, block: string, record: SyncRecord): void {
  const file = blockPaths(paths, block).syncRecords;
  const lines = linesOf(file);
  const line = `${JSON.stringify(record)}\n`;
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  if (lines.length < 2 * limits.syncRecordsKept) {
    // What a crash has cut off ends here, so that it does not take this line along.
    const isCut = lines.length > 0 && lines.at(-1) !== '';
    appendFileSync(file, isCut ? `\n${line}` : line, { mode: 0o600 });
    return;
  }
  const kept = lines.flatMap(recordIn).slice(1 - limits.syncRecordsKept);
  writeFileAtomic(fromText(file), [...kept.map((one) => `${JSON.stringify(one)}\n`), line].join(''), 0o600);
}

function linesOf(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').split('\n');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return [];
    throw fromSystemError(error, `reading ${file}`);
  }
}

function recordIn(line: string): SyncRecord[] {
  const value = Object(parsed(line)) as Record<string, unknown>;
  const isRecord = KINDS.has(value['kind']) && NUMBERS.every((key) => isCount(value[key]));
  return isRecord ? [value as unknown as SyncRecord] : [];
}

function isCount(value: unknown): boolean {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
