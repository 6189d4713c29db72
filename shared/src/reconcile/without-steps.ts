import type { TreePath } from '../model/bytes.js';
import type { PlannedStep } from '../model/step.js';

/**
 * The steps of a plan but for some puts, copies, links and removals. Where one of these was to bring the file of which later
 * steps make other names, the first of them that is left brings it instead.
 */
export function withoutSteps(steps: readonly PlannedStep[], without: ReadonlySet<PlannedStep>): PlannedStep[] {
  const firstLinks = firstLinksTo(steps, without);
  /** Where a file is that did not come to its place. */
  const elsewhere = new Map<TreePath, TreePath>();
  const brought = new Set<PlannedStep>();
  return steps.flatMap((planned) => {
    const { step } = planned;
    if (step.kind === 'hard-link') {
      if (without.has(planned) || brought.has(planned)) return [];
      return [{ ...planned, step: { ...step, existing: elsewhere.get(step.existing) ?? step.existing } }];
    }
    if (!without.has(planned)) return [planned];
    const link = step.kind === 'put' || step.kind === 'copy' ? firstLinks.get(step.path) : undefined;
    if (link?.step.kind !== 'hard-link' || (step.kind !== 'put' && step.kind !== 'copy')) return [];
    brought.add(link);
    elsewhere.set(step.path, link.step.path);
    const { path, replaces } = link.step;
    return [{ ...link, step: { ...step, path, replaces }, wireBytes: planned.wireBytes }];
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
