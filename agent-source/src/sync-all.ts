import { BtsootError } from '@btsoot/shared/model/errors.js';
import { type ExitStatus, worstExitStatus } from './exit-status.js';
import { errorView, exitStatusOfEnd, type SyncEnd } from './sync-message.js';
import type { Block } from './sync-types.js';

export interface SyncAll {
  /** Does one block. It has emitted the end that it returns. */
  readonly sync: (block: Block) => Promise<SyncEnd>;
  readonly emit: (end: SyncEnd) => void;
  readonly signal: AbortSignal;
}

/**
 * Syncs blocks one after the other: they would only fight for the same disk and the same link. A block that the signal
 * leaves no time for ends with an error too, or whoever reads the exit status takes it for synced.
 */
export async function syncAll(blocks: readonly Block[], { sync, emit, signal }: SyncAll): Promise<ExitStatus> {
  const statuses: ExitStatus[] = [];
  for (const block of blocks) {
    const end = signal.aborted ? notBegun(block, emit) : await sync(block);
    statuses.push(exitStatusOfEnd(end));
  }
  return worstExitStatus(statuses);
}

function notBegun(block: Block, emit: (end: SyncEnd) => void): SyncEnd {
  const error = errorView(new BtsootError('cancelled', 'it was asked to stop before this block was begun'));
  const end: SyncEnd = { block: block.name, kind: 'error', error };
  emit(end);
  return end;
}
