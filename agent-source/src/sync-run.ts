import type { DriftPolicy } from '@btsoot/shared/model/drift.js';
import { limits } from '@btsoot/shared/model/limits.js';
import { Acceptance } from './acceptance.js';
import { withGrace } from './grace.js';
import { betweenHooks } from './hooks/hooks.js';
import { sayingWhy } from './interrupt.js';
import { writeLastResult } from './last-result.js';
import { takeLock, withLock } from './lock.js';
import { blockPaths } from './paths.js';
import { type RetryOptions, withRetries } from './retry.js';
import type { SourceWatch } from './source-watch.js';
import { errorView, type SyncEnd, type SyncMessage } from './sync-message.js';
import { appendSyncRecord, recordOf } from './sync-records.js';
import type { Block, Context, SyncBlock, SyncOptions } from './sync-types.js';

export interface SyncRun {
  readonly dryRun: boolean;
  readonly acceptPlan: string | null;
  readonly drift: DriftPolicy | null;
  readonly watch: SourceWatch | null;
  readonly looksAt: SyncOptions['looksAt'];
  /** Tries after the first, or after one that got on, where the remote is unreachable or the block is busy. */
  readonly retries: number;
  readonly signal: AbortSignal;
  /** Aborts where this process is to end: the person's commands and who is told have a short while then. */
  readonly ending: AbortSignal;
  readonly emit: (message: SyncMessage) => void;
}

/**
 * One sync of one block around the cycle: the person's commands, lock, retries, `last.json`, log, who is told. Emits progress, and the end last, which it
 * also returns. Never throws for what happens to the block.
 */
export async function runSync(context: Context, block: Block, run: SyncRun, syncBlock: SyncBlock): Promise<SyncEnd> {
  const startedMs = performance.now();
  const isOwn = !run.dryRun;
  // Who does not answer holds up no sync.
  const begun = isOwn && block.ping !== null ? tellBegin(context, block, run.ending) : null;
  const sync = (): Promise<SyncEnd> => syncOnce(context, block, run, syncBlock);
  const end = isOwn ? await withHooks(context, block, run, sync) : await sync();
  const durationMs = Math.round(performance.now() - startedMs);
  if (isOwn) await record(context, end, durationMs);
  run.emit(end);
  await begun;
  if (isOwn && isToBeTold(context, block)) await tellEnd(context, block, end, run.ending);
  return end;
}

async function tellBegin(context: Context, block: Block, ending: AbortSignal): Promise<void> {
  const { notifyOfBegin } = await import('./notify/notify.js');
  await withGrace(ending, limits.notifyStopMaxMs, (late) => notifyOfBegin(context, block, late));
}

async function tellEnd(context: Context, block: Block, end: SyncEnd, ending: AbortSignal): Promise<void> {
  const { notifyOfEnd } = await import('./notify/notify.js');
  await withGrace(ending, limits.notifyStopMaxMs, (late) => notifyOfEnd(context, block, end, late));
}

function isToBeTold({ config: { notify } }: Context, { ping }: Block): boolean {
  return ping !== null || notify.command !== null || notify.webhook !== null;
}

/** One sync at a time is between the commands: else the one after a sync would undo what another one still needs. */
async function withHooks(context: Context, block: Block, run: SyncRun, sync: () => Promise<SyncEnd>): Promise<SyncEnd> {
  const { before, after } = block.hooks;
  if (before === null && after === null) return await sync();
  try {
    const { hooksLock } = blockPaths(context.paths, block.name);
    const lock = await withRetries(retryOptions(block, run), () => takeLock(hooksLock, busyMessage(block)));
    try {
      return await betweenHooks(context, block, run, sync);
    } finally {
      lock.release();
    }
  } catch (error) {
    logUnexpected(context, block, error);
    return { block: block.name, kind: 'error', error: errorView(error) };
  }
}

function retryOptions(block: Block, { retries, signal, emit }: SyncRun): RetryOptions {
  return { retries, signal, report: (event) => emit({ ...event, block: block.name }), random: Math.random };
}

function busyMessage({ name }: Block): string {
  return `another command or the agent is working on the block ${name}`;
}

async function syncOnce(context: Context, block: Block, run: SyncRun, syncBlock: SyncBlock): Promise<SyncEnd> {
  const { dryRun, drift, signal, watch, looksAt } = run;
  const acceptance = new Acceptance(run.acceptPlan);
  try {
    const result = await withRetries(retryOptions(block, run), (report) =>
      withBlockLock(context, block, () =>
        sayingWhy(signal, () => syncBlock(context, block, { dryRun, acceptance, drift, signal, report, watch, looksAt })),
      ),
    );
    return { block: block.name, kind: 'result', result };
  } catch (error) {
    logUnexpected(context, block, error);
    return { block: block.name, kind: 'error', error: errorView(error) };
  }
}

/** Whoever reads or writes a block's manifests holds this lock. @throws BtsootError of kind `busy`. */
export function withBlockLock<T>(context: Context, block: Block, work: () => Promise<T>): Promise<T> {
  return withLock(blockPaths(context.paths, block.name).lock, busyMessage(block), work);
}

async function record(context: Context, end: SyncEnd, durationMs: number): Promise<void> {
  logEnd(context, end, durationMs);
  try {
    const nowUs = Date.now() * 1000;
    await writeLastResult(context.paths, end, durationMs, nowUs);
    const record = recordOf(end, durationMs, nowUs);
    if (record !== null) appendSyncRecord(context.paths, end.block, record);
  } catch (error) {
    // The sync itself is done: that its note cannot be written does not undo it.
    context.log.log('warn', 'how it ended cannot be written down', { block: end.block, error: errorView(error).message });
  }
}

function logEnd(context: Context, end: SyncEnd, durationMs: number): void {
  const { block } = end;
  if (end.kind === 'error') {
    context.log.log('error', 'sync failed', { block, kind: end.error.kind, error: end.error.message, durationMs });
    return;
  }
  const { kind, sentBytes, savedBytes, steps, entries, problemCount, session } = end.result;
  const level = kind === 'partial' || kind === 'refused' ? 'warn' : 'info';
  context.log.log(level, 'sync ended', { block, kind, sentBytes, savedBytes, steps, entries, problemCount, session, durationMs });
}

/** Where a bug threw, its stack belongs into the log: the person sees only the message. */
function logUnexpected(context: Context, block: Block, error: unknown): void {
  if (errorView(error).kind !== 'internal') return;
  const stack = error instanceof Error ? (error.stack ?? '') : String(error);
  context.log.log('error', 'unexpected error', { block: block.name, stack });
}
