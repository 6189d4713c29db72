import type { Plan, PlannedStep } from '../model/step.js';
import { planWithout } from './without-steps.js';

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
  const oversized = new Map<number, PlannedStep>();
  for (const [index, planned] of plan.steps.entries()) if (isOversized(planned)) oversized.set(index, planned);
  if (oversized.size === 0) return { plan, oversized: [] };
  return { plan: planWithout(plan, new Set(oversized.keys())), oversized: [...oversized.values()] };
}
