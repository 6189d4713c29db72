import { Applier, type Committed } from '@btsoot/shared/apply/applier.js';
import type { OpenBlock } from './blocks.js';
import { nowUs, type Remote } from './remote.js';

/** An applier on a block's tree, which counts its steps from 0: one for each stream of steps. */
export function makeApplier(
  remote: Remote,
  block: OpenBlock,
  sourceName: string,
  onCommitted: (committed: Committed) => void,
): Applier {
  const { manifest, tree, area } = block;
  const { chown, hardLinks } = remote;
  return new Applier({ manifest, tree, area, chown, hardLinks, sourceName, now: nowUs, onCommitted });
}
