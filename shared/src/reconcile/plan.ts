import type { Plan } from '../model/step.js';
import { type Exemption, type Identity, NO_EXEMPTION, type Tree } from '../model/tree.js';
import { orderLinks } from './links.js';
import { matchTrees } from './match.js';
import { orderMoves } from './order.js';
import { PackedSteps } from './packed-steps.js';
import { planDigest } from './plan-digest.js';
import { orderRemovals } from './removals.js';
import { summarize } from './summary.js';

/**
 * The steps that turn the target's tree into the origin's: first all directories and moves, then contents and
 * metadata, then the other names of files that have several, removals last. Cost and size follow what differs between the trees, never the trees themselves.
 *
 * Both trees have to be settled (no directory without its digest). What the origin does not know of itself, because a
 * folder could not be listed or a file not be read, stays as the target has it, and so does what is exempt. Where
 * something exempt stays, the trees' digests differ for good: such folders are compared each time, and no others.
 */
export function makePlan(origin: Tree, target: Tree, identity: Identity, exemption: Exemption = NO_EXEMPTION): Plan {
  const { root, territory, contents, keptEntries } = matchTrees(origin, target, identity, exemption);
  const { steps: moves, movedBytes } = orderMoves(root, territory);
  const clearing = orderRemovals(territory, 'cleared');
  const links = orderLinks(contents.linked, target, territory, contents);
  const removals = orderRemovals(territory, 'unclaimed');
  const steps = PackedSteps.joined(moves, clearing, links.before, contents.finish(), links.after, removals);
  const summary = summarize(steps, { movedBytes, keptEntries, removedBytes: territory.removedBytes() });
  return { steps, summary, digest: planDigest(steps) };
}
