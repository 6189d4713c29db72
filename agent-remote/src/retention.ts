import { removeTree } from '@btsoot/shared/disk/remove-tree.js';
import type { Name } from '@btsoot/shared/model/bytes.js';
import { limits } from '@btsoot/shared/model/limits.js';
import type { OpenBlock } from './blocks.js';

/** What became of the old versions that were due: how many have gone, and which could not be deleted, and why. */
export interface Retained {
  readonly removed: number;
  readonly failed: ReadonlyMap<Name, unknown>;
}

const dayUs = 24 * 60 * 60 * 1_000_000;

/**
 * Lets go of the history that is older than the retention: first the old versions on disk, then what the manifest knows
 * of them, so that a crash in between leaves nothing that is not found again. No source has a say in it.
 * Stops between two of them when the signal aborts. One that cannot be deleted stays, and holds up no other.
 */
export async function enforceRetention(block: OpenBlock, nowUs: number, signal: AbortSignal): Promise<Retained> {
  const beforeUs = nowUs - limits.historyRetentionDefaultDays * dayUs;
  const failed = new Map<Name, unknown>();
  for (const slot of block.manifest.expirable(beforeUs)) {
    signal.throwIfAborted();
    await removeTree(block.area.history, slot).catch((error: unknown) => failed.set(slot, error));
  }
  const removed = block.manifest.expire(beforeUs, new Set(failed.keys()));
  return { removed: removed.length, failed };
}
