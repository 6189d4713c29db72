import { Partials } from '@btsoot/shared/apply/partials.js';
import { freeBytes } from '@btsoot/shared/disk/file-system.js';
import type { OpenSession, SessionNews } from '@btsoot/shared/wire/convert.js';
import type { OpenBlock } from './blocks.js';
import { checkTree, isChecked } from './check-tree.js';
import type { Session } from './session.js';

export interface Opening {
  readonly block: OpenBlock;
  readonly session: Session;
  readonly drift: OpenSession['drift'];
  /** Finishes what a crash left, and enforces the retention: before anything is compared. */
  readonly prepare: () => Promise<void>;
  readonly signal: AbortSignal;
}

const checkingIntervalMs = 1_000;

/** Prepares a block for a session: says about every second how far the check has come, and then what state it found. */
export async function* openBlockSession(opening: Opening): AsyncGenerator<SessionNews, void, undefined> {
  let entries = 0;
  const onEntries = (count: number): void => {
    entries = count;
  };
  const work = prepareAndCheck(opening, onEntries);
  // Awaited below in any case: meanwhile its failure must not count as unhandled.
  work.catch(() => undefined);
  try {
    while ((await settledWithin(work, checkingIntervalMs)) === 'pending') yield { kind: 'checking', entries };
  } finally {
    await work.catch(() => undefined);
  }
  yield openedNews(opening, await work);
}

async function prepareAndCheck(
  { block, drift, prepare, signal }: Opening,
  onEntries: (entries: number) => void,
): Promise<number> {
  await prepare();
  if (drift === 'trust' && isChecked(block)) return 0;
  return checkTree(block, { onEntries, signal });
}

function openedNews({ block, session }: Opening, drifted: number): SessionNews {
  const { manifest } = block;
  const stateDigest = manifest.stateDigest();
  return {
    kind: 'opened',
    session: session.id,
    manifestId: manifest.manifestId,
    stateDigest,
    root: manifest.root(),
    freeBytes: freeBytes(block.tree.path),
    drifted,
    lastSession: manifest.sessions()[0]?.number ?? 0,
    partials: new Partials(block.area).list(),
    fileSizeMaxBytes: block.shortcomings.fileSizeMaxBytes,
    hasHistory: manifest.hasHistory(),
  };
}

async function settledWithin(work: Promise<unknown>, ms: number): Promise<'settled' | 'pending'> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<'pending'>((resolve) => {
    timer = setTimeout(() => resolve('pending'), ms);
  });
  const settled = work.then(
    () => 'settled' as const,
    () => 'settled' as const,
  );
  try {
    return await Promise.race([settled, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
