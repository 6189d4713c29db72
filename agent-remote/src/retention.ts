import { limits } from '@btsoot/shared/model/limits.js';
import type { OpenBlock } from './blocks.js';
import { removeTree } from './remove-tree.js';

const dayUs = 24 * 60 * 60 * 1_000_000;

/**
 * Lets go of the history that is older than the retention: first the old versions on disk, then what the manifest knows
 * of them, so that a crash in between leaves nothing that is not found again. No source has a say in it.
 * Returns the number of old versions removed; stops between two of them when the signal aborts.
 */
export async function enforceRetention(block: OpenBlock, nowUs: number, signal: AbortSignal): Promise<number> {
  const beforeUs = nowUs - limits.historyRetentionDefaultDays * dayUs;
  const slots = block.manifest.expirable(beforeUs);
  for (const slot of slots) {
    signal.throwIfAborted();
    await removeTree(block.area.history, slot);
  }
  block.manifest.expire(beforeUs);
  return slots.length;
}
