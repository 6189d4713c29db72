import { Applier, type Committed } from '@btsoot/shared/apply/applier.js';
import type { OpenBlock } from './blocks.js';
import { distrust } from './check-tree.js';
import { nowUs, type Remote } from './remote.js';
import { Room } from './room.js';

export interface StreamOfSteps {
  readonly sourceName: string;
  readonly onCommitted: (committed: Committed) => void;
  /** Cuts short what takes long within one order. */
  readonly signal: AbortSignal;
}

/** An applier on a block's tree, which counts its steps from 0: one for each stream of steps. */
export function makeApplier(remote: Remote, block: OpenBlock, { sourceName, onCommitted, signal }: StreamOfSteps): Applier {
  const { manifest, tree, area, shortcomings } = block;
  const { chown, hardLinks, reflinks } = remote;
  const onGroup = (committed: Committed): void => {
    if (committed.failures.some(({ outcome }) => outcome.kind === 'drift')) distrust(block);
    onCommitted(committed);
  };
  const abilities = { chown, hardLinks, reflinks };
  const room = new Room(remote, block, signal);
  const makeRoom = (neededBytes: number): Promise<void> => room.make(neededBytes);
  return new Applier({ manifest, tree, area, ...abilities, shortcomings, sourceName, now: nowUs, onCommitted: onGroup, makeRoom, signal });
}
