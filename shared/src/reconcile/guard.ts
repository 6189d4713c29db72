import { limits } from '../model/limits.js';
import type { PlanSummary } from '../model/step.js';

export interface GuardLimits {
  /** How much of the target a sync may remove or overwrite, in percent of its entries. */
  readonly sharePercent: number;
  /** How many entries a sync may remove or overwrite. */
  readonly entries: number;
}

export interface GuardFacts {
  readonly summary: PlanSummary;
  readonly planDigest: string;
  /** Entries of each tree, its root not counted. */
  readonly originEntries: number;
  readonly targetEntries: number;
  /** Free on the target's file system. */
  readonly freeBytes: number;
  readonly limits: GuardLimits;
  /** The digest of the plan that the person has accepted; null where nobody did. */
  readonly acceptedDigest: string | null;
}

export type RefusalCode = 'share' | 'entries' | 'empty-origin' | 'no-space';

export interface Refusal {
  readonly code: RefusalCode;
  /** A whole sentence with the numbers, for the person. */
  readonly message: string;
}

export type GuardVerdict =
  | { readonly kind: 'allowed' }
  | {
      readonly kind: 'refused';
      /** At least one. */
      readonly reasons: readonly Refusal[];
      /** Whether accepting the plan's digest would let it through. */
      readonly overridable: boolean;
    };

/**
 * Looks at a whole plan before its first step. Refuses what looks like a disaster rather than a day's work: a source
 * that is not mounted, a tree that ransomware went over, a target without the room. A person can accept exactly this
 * plan, by its digest, but nobody can accept a lack of space.
 */
export function guard(facts: GuardFacts): GuardVerdict {
  const accepted = facts.acceptedDigest === facts.planDigest;
  const losses = accepted ? [] : [emptyOrigin(facts), share(facts), entries(facts)];
  const reasons = [...losses, space(facts)].filter((refusal) => refusal !== null);
  if (reasons.length === 0) return { kind: 'allowed' };
  return { kind: 'refused', reasons, overridable: reasons.every((reason) => reason.code !== 'no-space') };
}

function emptyOrigin({ originEntries, targetEntries }: GuardFacts): Refusal | null {
  if (originEntries > 0 || targetEntries === 0) return null;
  return {
    code: 'empty-origin',
    message: `The source is empty, and the target holds ${counted(targetEntries)}: is the source mounted?`,
  };
}

/** Compared without rounding: exactly the share is allowed. A few entries are no disaster, whatever their share. */
function share({ summary, targetEntries, limits: { sharePercent } }: GuardFacts): Refusal | null {
  const lost = lostEntries(summary);
  if (lost < limits.guardShareFloorEntries || lost * 100 <= sharePercent * targetEntries) return null;
  const percent = targetEntries === 0 ? 100 : Math.floor((lost * 1000) / targetEntries) / 10;
  return {
    code: 'share',
    message: `${described(summary)}, ${percent} % of the target's ${counted(targetEntries)}; the guard allows ${sharePercent} %.`,
  };
}

function entries({ summary, limits: { entries: allowed } }: GuardFacts): Refusal | null {
  if (lostEntries(summary) <= allowed) return null;
  return { code: 'entries', message: `${described(summary)}; the guard allows ${counted(allowed)}.` };
}

function space({ summary, freeBytes }: GuardFacts): Refusal | null {
  if (summary.storeBytes <= freeBytes) return null;
  const message = `The plan brings ${summary.storeBytes} bytes of new content, and the target has ${freeBytes} bytes free.`;
  return { code: 'no-space', message };
}

function lostEntries({ removedEntries, overwrittenEntries }: PlanSummary): number {
  return removedEntries + overwrittenEntries;
}

function described(summary: PlanSummary): string {
  const { removedEntries, overwrittenEntries } = summary;
  return `The plan removes ${counted(removedEntries)} and overwrites ${overwrittenEntries}, ${lostEntries(summary)} in all`;
}

function counted(entryCount: number): string {
  return entryCount === 1 ? '1 entry' : `${entryCount} entries`;
}
