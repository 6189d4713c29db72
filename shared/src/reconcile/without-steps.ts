import type { TreePath } from '../model/bytes.js';
import { contentKey } from '../model/entry.js';
import type { Plan, PlannedStep } from '../model/step.js';
import { planDigest } from './plan-digest.js';
import { besideOf, summarize } from './summary.js';

/** A plan of its own, of the steps that `withoutSteps` leaves. */
export function planWithout(plan: Plan, without: ReadonlySet<PlannedStep>): Plan {
  const steps = withoutSteps(plan.steps, without);
  return { steps, summary: summarize(steps, besideOf(plan)), digest: planDigest(steps) };
}

/**
 * The steps of a plan but for some puts, copies, links and removals. Where one of these was to bring the file of which later
 * steps make other names, the first of them that is left brings it instead; where it was to bring the content of which later
 * steps make copies, the first of these does.
 */
function withoutSteps(steps: readonly PlannedStep[], without: ReadonlySet<PlannedStep>): PlannedStep[] {
  const firstLinks = firstLinksTo(steps, without);
  /** Where a file is that did not come to its place. */
  const elsewhere = new Map<TreePath, TreePath>();
  const brought = new Set<PlannedStep>();
  /** Contents whose put is left out. */
  const unsent = new Set<string>();
  const bring = (planned: PlannedStep): PlannedStep => {
    const { step } = planned;
    if (step.kind !== 'copy' || !unsent.delete(contentKey(step.content))) return planned;
    return { ...planned, step: { ...step, kind: 'put' }, wireBytes: step.content.sizeBytes };
  };
  return steps.flatMap((planned) => {
    const { step } = planned;
    if (step.kind === 'hard-link') {
      if (without.has(planned) || brought.has(planned)) return [];
      return [{ ...planned, step: { ...step, existing: elsewhere.get(step.existing) ?? step.existing } }];
    }
    if (!without.has(planned)) return [bring(planned)];
    if (step.kind !== 'put' && step.kind !== 'copy') return [];
    const link = firstLinks.get(step.path);
    if (link?.step.kind !== 'hard-link') {
      if (step.kind === 'put') unsent.add(contentKey(step.content));
      return [];
    }
    brought.add(link);
    elsewhere.set(step.path, link.step.path);
    const { path, replaces } = link.step;
    return [bring({ ...link, step: { ...step, path, replaces }, wireBytes: planned.wireBytes })];
  });
}

/** By the place of the file. */
function firstLinksTo(steps: readonly PlannedStep[], without: ReadonlySet<PlannedStep>): Map<TreePath, PlannedStep> {
  const links = new Map<TreePath, PlannedStep>();
  for (const planned of steps) {
    const { step } = planned;
    if (step.kind === 'hard-link' && !without.has(planned) && !links.has(step.existing)) links.set(step.existing, planned);
  }
  return links;
}
