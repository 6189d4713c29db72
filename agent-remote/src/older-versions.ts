import { versionsKeptWith } from '@btsoot/shared/apply/undo-chain.js';
import { isUndo } from '@btsoot/shared/manifest/undo-name.js';
import type { Content } from '@btsoot/shared/model/entry.js';
import { limits } from '@btsoot/shared/model/limits.js';
import type { OpenBlock } from './blocks.js';

/**
 * How many versions in history were kept as what leads back from a content that a file had, and cannot be read now: no
 * other file holds that content. They can again once a sync brings it back.
 */
export function olderVersionsOf({ manifest }: OpenBlock, fileId: number, lost: Content | null): number {
  if (lost === null) return 0;
  const versions = versionsKeptWith(manifest, fileId, lost);
  if (versions === 0) return 0;
  const isHeld = manifest.holdersOf(lost, limits.holdersTriedMax).some((holder) => !isUndo(holder));
  return isHeld ? 0 : versions;
}
