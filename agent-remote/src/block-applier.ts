import { Applier, type Committed } from '@btsoot/shared/apply/applier.js';
import type { OpenBlock } from './blocks.js';
import { distrust } from './check-tree.js';
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
  const onGroup = (committed: Committed): void => {
    if (committed.failures.some(({ outcome }) => outcome.kind === 'drift')) distrust(block);
    onCommitted(committed);
  };
  return new Applier({ manifest, tree, area, chown, hardLinks, sourceName, now: nowUs, onCommitted: onGroup });
}
