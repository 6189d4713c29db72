import { setImmediate } from 'node:timers/promises';
import { fsyncDirectory } from '@btsoot/shared/disk/durable.js';
import type { DiskSpace } from '@btsoot/shared/disk/file-system.js';
import { removeTree } from '@btsoot/shared/disk/remove-tree.js';
import type { Slot } from '@btsoot/shared/manifest/manifest.js';
import type { Name } from '@btsoot/shared/model/bytes.js';
import { BtsootError } from '@btsoot/shared/model/errors.js';
import { limits } from '@btsoot/shared/model/limits.js';
import type { OpenBlock } from './blocks.js';
import { candidates, dueThrough, nextForSpace, type RetentionRules, wantedFreeBytes } from './retention-rules.js';

/** What became of the old versions that were due: how many have gone, and which could not be deleted, and why. */
export interface Retained {
  readonly removed: number;
  /** About. */
  readonly freedBytes: number;
  readonly failed: ReadonlyMap<Name, unknown>;
}

/** What history is judged by. */
export interface Judgement {
  readonly rules: RetentionRules;
  readonly nowUs: number;
  /** Of the file system that the block lies on. */
  readonly space: () => DiskSpace;
  /** Stops between two old versions. */
  readonly signal: AbortSignal;
}

/**
 * Lets go of the history that the rules do not keep: what is due by age and number, then what the disk's free space
 * asks for. No source has a say in it. Finishes first what was cut off before.
 */
export async function enforceRetention(block: OpenBlock, judgement: Judgement): Promise<Retained> {
  const { rules, nowUs, signal } = judgement;
  const due = dueThrough(candidates(block.manifest.sessions(), rules, nowUs));
  const retained = await letGo(block, due, signal);
  return sum(retained, await makeRoom(block, 0, judgement));
}

/**
 * Lets the oldest sessions go, one by one, until a disk with too little room has enough for so many bytes more.
 * @returns with them, whether it still has too little
 */
export async function makeRoom(
  block: OpenBlock,
  neededBytes: number,
  judgement: Judgement,
): Promise<Retained & { readonly isShort: boolean }> {
  const { rules, nowUs, space, signal } = judgement;
  let retained: Retained = { removed: 0, freedBytes: 0, failed: new Map() };
  if (rules.freeSpaceMin === null) return { ...retained, isShort: false };
  const before = space();
  const wanted = wantedFreeBytes(rules, before.totalBytes) + neededBytes;
  // Some file systems say only later what has become free.
  const isShort = (): boolean => Math.max(space().freeBytes, before.freeBytes + retained.freedBytes) < wanted;
  while (isShort()) {
    const { manifest } = block;
    const next = nextForSpace(candidates(manifest.sessions(), rules, nowUs), manifest.expiry.expiredThrough());
    if (next === 0) return { ...retained, isShort: true };
    retained = sum(retained, await letGo(block, next, signal));
  }
  return { ...retained, isShort: false };
}

/**
 * Lets go of what the sessions up to `through` have replaced or removed: the records of the sessions first, so that nobody
 * is offered what is half gone, then the files of some old versions, then their rows, and so on. A crash in between
 * leaves what the next call finishes. One that cannot be deleted stays, and holds up no other.
 */
export async function letGo(block: OpenBlock, through: number, signal: AbortSignal): Promise<Retained> {
  const { manifest } = block;
  signal.throwIfAborted();
  await begin(block, through);
  const failed = new Map<Name, unknown>();
  let [removed, freedBytes] = [0, 0];
  let last: Slot | null = null;
  for (;;) {
    const slots: Slot[] = manifest.expiry.slots(manifest.expiry.expiredThrough(), last, limits.expiryBatchSlots);
    const gone: Slot[] = [];
    for (const slot of slots) {
      signal.throwIfAborted();
      try {
        freedBytes += await removeTree(block.area.history, slot.name);
        gone.push(slot);
      } catch (error) {
        failed.set(slot.name, error);
      }
    }
    // A version that came back after a power cut, and that no manifest knows of any more, would stay for ever.
    if (gone.length > 0) fsyncDirectory(block.area.history.path);
    await dropRows(block, gone);
    removed += gone.length;
    last = slots.at(-1) ?? null;
    if (slots.length < limits.expiryBatchSlots) break;
  }
  while (manifest.expiry.dropVersions()) await setImmediate();
  return { removed, freedBytes, failed };
}

/** On a disk without room even for that word, some files go before it is written. */
async function begin({ manifest, area }: OpenBlock, through: number): Promise<void> {
  try {
    manifest.expiry.begin(through);
  } catch (error) {
    if (!(error instanceof BtsootError) || error.kind !== 'no-space') throw error;
    let freedBytes = 0;
    for (const { name } of manifest.expiry.slots(through, null, limits.expiryBatchSlots)) {
      if (freedBytes < limits.expiryRoomBytes) freedBytes += await removeTree(area.history, name);
    }
    manifest.expiry.begin(through);
  }
}

/** Many small ones in one transaction, a large one in several. */
async function dropRows({ manifest }: OpenBlock, slots: readonly Slot[]): Promise<void> {
  let unfinished: readonly Slot[] = slots;
  while (unfinished.length > 0) {
    unfinished = manifest.transaction(() => {
      const start = manifest.rowsWritten();
      const isEnough = (): boolean => manifest.rowsWritten() - start >= limits.expiryBatchRows;
      return unfinished.filter((slot) => isEnough() || !manifest.expiry.discard(slot, limits.expiryBatchRows));
    });
    await setImmediate();
  }
}

function sum(one: Retained, other: Retained): Retained {
  return {
    removed: one.removed + other.removed,
    freedBytes: one.freedBytes + other.freedBytes,
    failed: new Map([...one.failed, ...other.failed]),
  };
}
