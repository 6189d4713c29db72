import type { TreeRoot } from '@btsoot/shared/disk/tree-root.js';
import type { Manifest } from '@btsoot/shared/manifest/manifest.js';
import { baseName, parentPath } from '@btsoot/shared/model/bytes.js';
import type { Content, FileNode } from '@btsoot/shared/model/entry.js';
import { BtsootError } from '@btsoot/shared/model/errors.js';
import { limits } from '@btsoot/shared/model/limits.js';
import { judge } from '@btsoot/shared/scrub/judge.js';
import { rereadGently } from '@btsoot/shared/scrub/reread.js';

/**
 * What arrived of these contents was not what it should be. Reads the files that have them again: one whose bytes are
 * others though its stat is what it was is damaged, and from now on known to be.
 */
export async function examineSuspects(
  root: TreeRoot,
  source: Manifest,
  contents: readonly Content[],
  signal: AbortSignal,
): Promise<void> {
  for (const content of contents) {
    for (const row of source.withContent(content, limits.holdersTriedMax)) await examine(root, source, row, content, signal);
  }
}

async function examine(root: TreeRoot, source: Manifest, row: FileNode, expected: Content, signal: AbortSignal): Promise<void> {
  const { path } = source.locate(row.id);
  try {
    const directory = root.directory(parentPath(path));
    try {
      const reread = await rereadGently(directory.place(baseName(path)), async () => signal.throwIfAborted());
      const evidence = { expected, seen: source.seen(row.id), reread, rootDev: root.dev, isOldVersion: false };
      const judgement = judge(evidence);
      if (judgement === 'rotten' || judgement === 'unreadable') source.damages.mark(row.id, judgement, Date.now() * 1000);
    } finally {
      directory.close();
    }
  } catch (error) {
    // Its folder has changed: the scan that follows looks at it.
    if (!(error instanceof BtsootError) || error.kind !== 'drift') throw error;
  }
}
