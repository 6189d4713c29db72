import type { Plan, PlannedStep } from '../model/step.js';
import { planDigest } from './plan-digest.js';
import { summarize } from './summary.js';
import { withoutSteps } from './without-steps.js';

/** A plan without what the target cannot hold. */
export interface FittingPlan {
  readonly plan: Plan;
  /** Files that are larger than any of the target's may be: what it has of them stays. */
  readonly oversized: readonly PlannedStep[];
}

/** Leaves out the files that are too large for the target's file system. */
export function withoutOversized(plan: Plan, fileSizeMaxBytes: number | null): FittingPlan {
  if (fileSizeMaxBytes === null) return { plan, oversized: [] };
  const isOversized = ({ step }: PlannedStep): boolean =>
    (step.kind === 'put' || step.kind === 'copy' || step.kind === 'hard-link') && step.content.sizeBytes > fileSizeMaxBytes;
  const oversized = plan.steps.filter(isOversized);
  if (oversized.length === 0) return { plan, oversized };
  const steps = withoutSteps(plan.steps, new Set(oversized));
  return { plan: { steps, summary: summarize(steps, { movedBytes: movedBytesOf(plan), keptEntries: plan.summary.keptEntries }), digest: planDigest(steps) }, oversized };
}

/** What the plan's moves save: its summary has it in one number with what copies and deltas do. */
function movedBytesOf({ steps, summary }: Plan): number {
  return summary.savedBytes - summarize(steps, { movedBytes: 0, keptEntries: 0 }).savedBytes;
}
