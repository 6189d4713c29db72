import { limits } from '@btsoot/shared/model/limits.js';
import { withGrace } from '../grace.js';
import { errorView, type SyncEnd } from '../sync-message.js';
import type { Block, Context } from '../sync-types.js';
import { factsOfBlock, factsOfEnd } from './facts.js';

/** What asks for an end. */
export interface StopSignals {
  /** Of the sync. */
  readonly signal: AbortSignal;
  /** Of this process: what is still to be done has a short while then. */
  readonly ending: AbortSignal;
}

/**
 * Runs a sync between the block's own commands. Where the one before it fails, there is no sync; the one after it runs
 * whenever the one before has been started, also where this process is to end, and what becomes of it does not change how the sync ended, but is said.
 */
export async function betweenHooks(
  context: Context,
  block: Block,
  { signal, ending }: StopSignals,
  sync: () => Promise<SyncEnd>,
): Promise<SyncEnd> {
  const { before, after } = block.hooks;
  if (before === null && after === null) return await sync();
  const end = await afterHook(block, signal, sync);
  if (after === null) return end;
  const facts = factsOfEnd(block, end);
  const failure = await withGrace(ending, limits.hookStopMaxMs, (late) => failureOf(after, block, facts, late));
  if (failure === null) return end;
  context.log.log('warn', 'the command after the sync failed', { block: block.name, error: failure.error.message });
  if (end.kind === 'error') return end;
  const note = `the command after the sync failed: ${failure.error.message}`;
  return { ...end, result: { ...end.result, notes: [...end.result.notes, note] } };
}

async function afterHook(block: Block, signal: AbortSignal, sync: () => Promise<SyncEnd>): Promise<SyncEnd> {
  const { before } = block.hooks;
  const failure = before === null ? null : await failureOf(before, block, factsOfBlock(block), signal);
  if (failure === null) return await sync();
  const message = `the command before the sync failed, so nothing was synced: ${failure.error.message}`;
  return { ...failure, error: { ...failure.error, message } };
}

async function failureOf(
  command: string,
  block: Block,
  environment: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<(SyncEnd & { kind: 'error' }) | null> {
  const { runCommand } = await import('./run-command.js');
  try {
    await runCommand({ command, environment, limitMs: block.hooks.limitMs, signal });
    return null;
  } catch (error) {
    return { block: block.name, kind: 'error', error: errorView(error) };
  }
}
