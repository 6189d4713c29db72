import { Applier, type Committed } from '@btsoot/shared/apply/applier.js';
import { BY_NUMBER } from '@btsoot/shared/model/owners.js';
import type { OpenBlock } from './blocks.js';
import { distrust } from './check-tree.js';
import { ownersHere } from './owners.js';
import { nowUs, type Remote } from './remote.js';
import { Room } from './room.js';

export interface StreamOfSteps {
  readonly sourceName: string;
  readonly onCommitted: (committed: Committed) => void;
  /** Cuts short what takes long within one order. */
  readonly signal: AbortSignal;
}

/** An applier on a block's tree, which counts its steps from 0: one for each stream of steps. */
export async function makeApplier(
  remote: Remote,
  block: OpenBlock,
  { sourceName, onCommitted, signal }: StreamOfSteps,
): Promise<Applier> {
  const { manifest, tree, area, shortcomings } = block;
  const { chown, hardLinks, reflinks } = remote;
  const onGroup = (committed: Committed): void => {
    if (committed.failures.some(({ outcome }) => outcome.kind === 'drift')) distrust(block);
    onCommitted(committed);
  };
  const owners = chown ? await ownersHere(manifest) : BY_NUMBER;
  const abilities = { chown, owners, hardLinks, reflinks };
  const room = new Room(remote, block, signal);
  const makeRoom = (neededBytes: number): Promise<void> => room.make(neededBytes);
  return new Applier({
    manifest,
    tree,
    area,
    ...abilities,
    shortcomings,
    sourceName,
    now: nowUs,
    onCommitted: onGroup,
    makeRoom,
    signal,
  });
}
