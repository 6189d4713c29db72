import type { Drifted } from '@btsoot/shared/model/drift.js';
import { limits } from '@btsoot/shared/model/limits.js';
import type { OpenBlock } from './blocks.js';
import { olderVersionsOf } from './older-versions.js';

export interface KnownDamage {
  /** The first damaged entries of the tree. */
  readonly inTree: readonly Drifted[];
  /** How many there are; of very many, those that were counted. */
  readonly inTreeCount: number;
}

/** What the block's tree is known to hold that is damaged. A sync replaces it. */
export function knownDamage(block: OpenBlock): KnownDamage {
  const { manifest } = block;
  const inTree: Drifted[] = [];
  let pathBytes = 0;
  let inTreeCount = 0;
  for (const { id, expected } of manifest.damages.after(0, limits.damagesCountedMax)) {
    const { area, path } = manifest.locate(id);
    if (area !== 'tree') continue;
    inTreeCount++;
    if (inTree.length >= limits.driftListedMax || pathBytes >= limits.driftPathsMaxBytes) continue;
    pathBytes += path.length;
    inTree.push({ path, how: 'damaged', olderVersions: olderVersionsOf(block, id, expected) });
  }
  return { inTree, inTreeCount };
}
