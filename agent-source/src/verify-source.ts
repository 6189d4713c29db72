import { existsSync } from 'node:fs';
import { Manifest } from '@btsoot/shared/manifest/manifest.js';
import { display, endOfPath, type TreePath } from '@btsoot/shared/model/bytes.js';
import { limits } from '@btsoot/shared/model/limits.js';
import { Pacer } from '@btsoot/shared/scrub/pacer.js';
import { readScrubState, type ScrubProgress } from '@btsoot/shared/scrub/progress.js';
import { rereadGently } from '@btsoot/shared/scrub/reread.js';
import { Scrub, type ScrubOptions } from '@btsoot/shared/scrub/scrub.js';
import { hashPoolFor } from './hash-readers.js';
import { openManifests } from './manifests.js';
import { blockPaths, type Paths } from './paths.js';
import { openSource } from './source-root.js';
import type { Block, Context } from './sync-types.js';
import type { Verified } from './verify.js';
import type { FindingView, VerifyOptions } from './verify-types.js';

/**
 * Reads the source's contents again and holds them against its manifest. What is damaged is kept in mind: it is not sent,
 * and each sync says so, until the file or its stat is another one.
 */
export async function verifySource(context: Context, block: Block, options: VerifyOptions): Promise<Verified> {
  const { signal, report, bytesPerSecond } = options;
  const root = openSource(block);
  const manifests = openManifests(context, block);
  const hasher = hashPoolFor(root, block.readers, true);
  const counts = { changed: 0, skipped: 0 };
  try {
    const manifest = manifests.source;
    const pacer = new Pacer(() => bytesPerSecond ?? Number.POSITIVE_INFINITY);
    const tell = seldom((progress: ScrubProgress) => report({ kind: 'verified', side: 'source', ...progress }));
    const gently = (place: Buffer) => rereadGently(place, (bytes) => scrub.slice(bytes));
    const isLarge = (sizeBytes: number) => bytesPerSecond !== null || sizeBytes >= limits.scanQueueMaxBytes;
    const read: ScrubOptions['read'] = (place, sizeBytes) =>
      isLarge(sizeBytes) ? gently(place) : hasher.hash(place, { sizeBytes, signal });
    const scrub = new Scrub({
      manifest,
      tree: root,
      area: null,
      parallel: bytesPerSecond === null ? limits.verifyFilesAtOnceMax : 1,
      read,
      async mayGoOn(bytes) {
        signal.throwIfAborted();
        if (bytes > 0) await pacer.spent(bytes, signal);
      },
      isPaused: () => false,
      onProgress: (progress) => tell(progress),
      onJudged(path, judgement) {
        if (judgement === 'changed' || judgement === 'skipped') counts[judgement]++;
        if (judgement === 'skipped') report({ kind: 'problem', problem: unread(path) });
      },
      now: () => Date.now() * 1000,
    });
    await scrub.run();
    const findings = findingsIn(manifest);
    for (const { path, kind } of findings)
      report({ kind: 'problem', problem: { path, kind: 'damaged', message: `it is ${kind}` } });
    const { files, bytes } = readScrubState(manifest).last ?? { files: 0, bytes: 0 };
    const result = { files, bytes, damaged: manifest.damages.count(), damagedInHistory: 0, ...counts };
    return { result, findings };
  } finally {
    await hasher.close();
    manifests.close();
    root.close();
  }
}

/** The first, and one each second. */
function seldom<T>(tell: (value: T) => void): (value: T) => void {
  let dueMs = 0;
  return (value) => {
    const nowMs = performance.now();
    if (nowMs < dueMs) return;
    dueMs = nowMs + limits.verifyProgressIntervalMs;
    tell(value);
  };
}

/** How many files of the source are known to be damaged. */
export function knownOfSource(context: { readonly paths: Paths }, block: { readonly name: string }): number {
  const { sourceManifest } = blockPaths(context.paths, block.name);
  if (!existsSync(sourceManifest)) return 0;
  const manifest = Manifest.open(sourceManifest);
  try {
    return manifest.damages.count();
  } finally {
    manifest.close();
  }
}

function findingsIn(manifest: Manifest): FindingView[] {
  return manifest.damages.after(0, limits.findingsListedMax).map(({ id, kind }) => {
    return { side: 'source', path: shown(manifest.locate(id).path), kind, session: 0 };
  });
}

function unread(path: TreePath) {
  return { path: shown(path), kind: 'unknown', message: 'cannot be read, so that nobody knows whether it is good' } as const;
}

function shown(path: TreePath): string {
  return endOfPath(display(path), limits.problemPathLengthMax);
}
