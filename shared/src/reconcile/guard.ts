import { formatBytes } from '../model/human.js';
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
  /** Entries of each tree, its root not counted. */
  readonly originEntries: number;
  readonly targetEntries: number;
  /** Content bytes of the target's tree. */
  readonly targetBytes: number;
  /** What the plan needs free on the target's file system. */
  readonly neededBytes: number;
  /** Free on the target's file system. */
  readonly freeBytes: number;
  readonly limits: GuardLimits;
  /** Whether a person has accepted all that the plan removes and overwrites. */
  readonly isAccepted: boolean;
}

export type RefusalCode = 'share' | 'contents' | 'entries' | 'empty-origin' | 'no-space';

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
  const losses = facts.isAccepted ? [] : [emptyOrigin(facts), share(facts) ?? contents(facts), entries(facts)];
  const reasons = [...losses, space(facts)].filter((refusal) => refusal !== null);
  if (reasons.length === 0) return { kind: 'allowed' };
  return { kind: 'refused', reasons, overridable: reasons.every((reason) => reason.code !== 'no-space') };
}

function emptyOrigin({ originEntries, targetEntries, summary }: GuardFacts): Refusal | null {
  if (originEntries > 0 || targetEntries === 0 || lostEntries(summary) === 0) return null;
  return {
    code: 'empty-origin',
    message: `The source is empty, and the target holds ${counted(targetEntries)}: is the source mounted?`,
  };
}

/** Compared without rounding: exactly the share is allowed. A few entries are no disaster, whatever their share. */
function share({ summary, targetEntries, limits: { sharePercent } }: GuardFacts): Refusal | null {
  const lost = lostEntries(summary);
  if (lost < limits.guardShareFloorEntries || isWithin(lost, targetEntries, sharePercent)) return null;
  const percent = percentOf(lost, targetEntries);
  return {
    code: 'share',
    message: `${described(summary)}, ${percent} % of the target's ${counted(targetEntries)}; the guard allows ${sharePercent} %.`,
  };
}

/**
 * Contents weigh what they hold: where folders and links are many, a tree may lose all of its files and most of its names
 * be there still. What encrypts a tree, with or without new names, replaces its contents from end to end; a rename, of
 * however much, replaces none.
 */
function contents({ summary, targetBytes, limits: { sharePercent } }: GuardFacts): Refusal | null {
  const { lostBytes } = summary;
  if (lostEntries(summary) < limits.guardShareFloorEntries || isWithin(lostBytes, targetBytes, sharePercent)) return null;
  const percent = percentOf(lostBytes, targetBytes);
  return {
    code: 'contents',
    message: `${described(summary)}, and ${formatBytes(lostBytes)} of content with them, ${percent} % of the target's ${formatBytes(targetBytes)}; the guard allows ${sharePercent} %. Were the files encrypted or overwritten by something?`,
  };
}

/** Whether a part is at most so many percent of the whole, in whole numbers of a millionth of a percent. */
function isWithin(part: number, whole: number, percent: number): boolean {
  return BigInt(part) * 100_000_000n <= BigInt(Math.round(percent * 1_000_000)) * BigInt(whole);
}

/** To one decimal, rounded down. */
function percentOf(part: number, whole: number): number {
  return whole === 0 ? 100 : Number((BigInt(part) * 1000n) / BigInt(whole)) / 10;
}

function entries({ summary, limits: { entries: allowed } }: GuardFacts): Refusal | null {
  if (lostEntries(summary) <= allowed) return null;
  return { code: 'entries', message: `${described(summary)}; the guard allows ${counted(allowed)}.` };
}

function space({ neededBytes, freeBytes }: GuardFacts): Refusal | null {
  if (neededBytes <= freeBytes) return null;
  const [needed, free, missing] = [neededBytes, freeBytes, neededBytes - freeBytes].map(formatBytes);
  const message = `The plan needs ${needed} on the target, which has ${free} free: ${missing} are missing. Free some there, or let old history go with \`btsoot-remote prune\`.`;
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
