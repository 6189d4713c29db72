import type { TreePath } from '../model/bytes.js';
import { contentKey } from '../model/entry.js';
import type { HardLinkStep, Plan, PlannedStep, Steps } from '../model/step.js';
import { planDigest } from './plan-digest.js';
import { revised } from './revision.js';
import { besideOf, summarize } from './summary.js';

/** A plan of its own, of the steps that `withoutSteps` leaves. */
export function planWithout(plan: Plan, without: ReadonlySet<number>): Plan {
  const steps = withoutSteps(plan.steps, without);
  return { steps, summary: summarize(steps, besideOf(plan)), digest: planDigest(steps) };
}

/**
 * The steps of a plan but for some puts, copies, links and removals, named by their indices. Where one of these was to bring
 * the file of which later steps make other names, the first of them that is left brings it instead; where it was to bring the
 * content of which later steps make copies, the first of these does.
 */
function withoutSteps(steps: Steps, without: ReadonlySet<number>): Steps {
  const firstLinks = firstLinksTo(steps, without);
  /** Where a file is that did not come to its place. */
  const elsewhere = new Map<TreePath, TreePath>();
  const brought = new Set<number>();
  /** Contents whose put is left out. */
  const unsent = new Set<string>();
  const bring = (planned: PlannedStep): PlannedStep => {
    const { step } = planned;
    if (step.kind !== 'copy' || !unsent.delete(contentKey(step.content))) return planned;
    return { ...planned, step: { ...step, kind: 'put' }, wireBytes: step.content.sizeBytes };
  };
  return revised(steps, (planned, index) => {
    const { step } = planned;
    if (step.kind === 'hard-link') {
      if (without.has(index) || brought.has(index)) return null;
      return { ...planned, step: { ...step, existing: elsewhere.get(step.existing) ?? step.existing } };
    }
    if (!without.has(index)) return bring(planned);
    if (step.kind !== 'put' && step.kind !== 'copy') return null;
    const first = firstLinks.get(step.path);
    if (first === undefined) {
      if (step.kind === 'put') unsent.add(contentKey(step.content));
      return null;
    }
    brought.add(first.index);
    elsewhere.set(step.path, first.step.path);
    const { path, replaces } = first.step;
    return bring({ ...first.planned, step: { ...step, path, replaces }, wireBytes: planned.wireBytes });
  });
}

interface FirstLink {
  readonly index: number;
  readonly planned: PlannedStep;
  readonly step: HardLinkStep;
}

/** By the place of the file. */
function firstLinksTo(steps: Steps, without: ReadonlySet<number>): Map<TreePath, FirstLink> {
  const links = new Map<TreePath, FirstLink>();
  for (const [index, planned] of steps.entries()) {
    const { step } = planned;
    if (step.kind !== 'hard-link' || without.has(index) || links.has(step.existing)) continue;
    links.set(step.existing, { index, planned, step });
  }
  return links;
}
