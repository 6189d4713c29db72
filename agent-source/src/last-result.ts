import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { writeFileAtomic } from '@btsoot/shared/disk/durable.js';
import { fromText } from '@btsoot/shared/model/bytes.js';
import { errnoOf, fromSystemError } from '@btsoot/shared/model/errors.js';
import type { Problem } from '@btsoot/shared/model/progress.js';
import type { HistorySummary } from '@btsoot/shared/wire/convert.js';
import { blockPaths, type Paths } from './paths.js';
import type { ErrorView, SyncEnd } from './sync-message.js';
import type { DriftView } from './sync-types.js';

/** How a block's last sync ended, as `last.json` keeps it. Times are microseconds since the epoch. */
export interface LastResult {
  readonly kind: 'unchanged' | 'done' | 'partial' | 'planned' | 'refused' | 'failed';
  readonly finishedUs: number;
  /** When a sync last ended with the remote equal to the source; 0: never. */
  readonly goodUs: number;
  readonly durationMs: number;
  readonly sentBytes: number;
  readonly savedBytes: number;
  readonly steps: number;
  readonly entries: number;
  readonly session: number;
  /** What the target kept of the past when something was last done there; null, and missing in files of old, where nobody said. */
  readonly history?: HistorySummary | null;
  readonly reasons: readonly string[];
  /** Of a refusal: whether a person may let the plan through; missing in files of old. */
  readonly acceptable?: boolean;
  readonly problems: readonly Problem[];
  readonly problemCount: number;
  /** What was found changed on the remote; missing in files of old. */
  readonly drift?: DriftView;
  /** Entries that the remote keeps though the source ignores them. */
  readonly keptEntries: number;
  readonly error: ErrorView | null;
}

const problemsKept = 20;
const KINDS: ReadonlySet<unknown> = new Set<LastResult['kind']>(['unchanged', 'done', 'partial', 'planned', 'refused', 'failed']);

/** Null where the block was never synced. A file that is damaged counts as none: it is only for people. */
export async function readLastResult(paths: Paths, block: string): Promise<LastResult | null> {
  const file = blockPaths(paths, block).lastResult;
  try {
    const value: unknown = JSON.parse(await readFile(file, 'utf8'));
    return isLastResult(value) ? value : null;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || error instanceof SyntaxError) return null;
    throw fromSystemError(error, `reading ${file}`);
  }
}

/** As far as it is used: a file that an earlier version wrote may lack what came since. */
function isLastResult(value: unknown): value is LastResult {
  const last = Object(value) as Partial<Record<keyof LastResult, unknown>>;
  const { kind, finishedUs, goodUs, entries, session, problemCount, reasons, error } = last;
  const areNumbers = [finishedUs, goodUs, entries, session, problemCount].every(Number.isSafeInteger);
  const isError = error === null || typeof (Object(error) as Partial<ErrorView>).message === 'string';
  return (
    areNumbers && KINDS.has(kind) && Array.isArray(reasons) && reasons.every((reason) => typeof reason === 'string') && isError
  );
}

export async function writeLastResult(paths: Paths, end: SyncEnd, durationMs: number, nowUs: number): Promise<void> {
  const file = blockPaths(paths, end.block).lastResult;
  const before = await readLastResult(paths, end.block);
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  writeFileAtomic(fromText(file), `${JSON.stringify(lastResult(end, before, durationMs, nowUs), null, 2)}\n`, 0o600);
}

/** A failed sync keeps what the last one knew of the tree. */
export function lastResult(end: SyncEnd, before: LastResult | null, durationMs: number, nowUs: number): LastResult {
  if (end.kind === 'error') {
    return {
      ...EMPTY,
      entries: before?.entries ?? 0,
      session: before?.session ?? 0,
      history: before?.history ?? null,
      keptEntries: before?.keptEntries ?? 0,
      goodUs: before?.goodUs ?? 0,
      finishedUs: nowUs,
      durationMs,
      error: end.error,
    };
  }
  const { block: _, plan, notes: _notes, problems, ...rest } = end.result;
  const keptEntries = plan?.summary.keptEntries ?? before?.keptEntries ?? 0;
  const good = rest.kind === 'done' || rest.kind === 'unchanged';
  const goodUs = good ? nowUs : (before?.goodUs ?? 0);
  const history = rest.history ?? before?.history ?? null;
  const listed = problems.slice(0, problemsKept);
  return { ...rest, history, keptEntries, problems: listed, finishedUs: nowUs, goodUs, error: null };
}

const EMPTY: LastResult = {
  kind: 'failed',
  finishedUs: 0,
  goodUs: 0,
  durationMs: 0,
  sentBytes: 0,
  savedBytes: 0,
  steps: 0,
  entries: 0,
  session: 0,
  reasons: [],
  problems: [],
  problemCount: 0,
  keptEntries: 0,
  error: null,
};
