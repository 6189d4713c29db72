import { Partials } from '@btsoot/shared/apply/partials.js';
import { freeBytes } from '@btsoot/shared/disk/file-system.js';
import type { DriftReport } from '@btsoot/shared/model/drift.js';
import { limits } from '@btsoot/shared/model/limits.js';
import type { OpenSession, SessionNews } from '@btsoot/shared/wire/convert.js';
import type { OpenBlock } from './blocks.js';
import { type CheckProgress, checkTree, isChecked } from './check-tree.js';
import { knownDamage } from './known-damage.js';
import type { Session } from './session.js';
import { settledWithin } from './settled-within.js';

export interface Opening {
  readonly block: OpenBlock;
  readonly session: Session;
  /** Whether a copy within the remote's file system takes no room. */
  readonly reflinks: boolean;
  readonly drift: OpenSession['drift'];
  /** Whether the target's file system has hard links. */
  readonly hardLinks: boolean;
  /** Finishes what a crash left, and enforces the retention: before anything is compared. */
  readonly prepare: () => Promise<void>;
  /** What history gives up for new files, beside what is free. */
  readonly reclaimableBytes: () => number;
  readonly signal: AbortSignal;
}

const checkingIntervalMs = 1_000;

/** Prepares a block for a session: says about every second how far the check has come, and then what state it found. */
export async function* openBlockSession(opening: Opening): AsyncGenerator<SessionNews, void, undefined> {
  let progress: CheckProgress = { entries: 0, readBytes: 0 };
  const onProgress = (now: CheckProgress): void => {
    progress = now;
  };
  const work = prepareAndCheck(opening, onProgress);
  // Awaited below in any case: meanwhile its failure must not count as unhandled.
  work.catch(() => undefined);
  try {
    while ((await settledWithin(work, checkingIntervalMs)) === 'pending') yield { kind: 'checking', ...progress };
  } finally {
    await work.catch(() => undefined);
  }
  yield openedNews(opening, await work);
}

async function prepareAndCheck(
  { block, drift, hardLinks, prepare, signal }: Opening,
  onProgress: (progress: CheckProgress) => void,
): Promise<DriftReport> {
  await prepare();
  if (drift === 'trust' && isChecked(block)) return { count: 0, first: [] };
  return checkTree(block, { readAll: drift === 'full', onProgress, signal, hardLinks });
}

function openedNews({ block, session, reclaimableBytes, reflinks }: Opening, found: DriftReport): SessionNews {
  const { manifest } = block;
  const damage = knownDamage(block);
  const stateDigest = manifest.stateDigest();
  return {
    kind: 'opened',
    session: session.id,
    manifestId: manifest.manifestId,
    stateDigest,
    root: manifest.root(),
    freeBytes: freeBytes(block.tree.path) + reclaimableBytes(),
    reflinks,
    drifted: found.count,
    lastSession: manifest.sessions()[0]?.number ?? 0,
    partials: new Partials(block.area).list(),
    fileSizeMaxBytes: block.shortcomings.fileSizeMaxBytes,
    hasHistory: manifest.expiry.hasSlots(),
    drift: [...damage.inTree, ...found.first].slice(0, limits.driftListedMax),
    damaged: damage.inTreeCount,
  };
}
