import { limits } from '@btsoot/shared/model/limits.js';
import type { Timetable } from '../timetable.js';

/** What a run's scan of the source looks at. */
export type LooksAt = 'everything' | 'changes';

/** What of a block decides when its next run is due. Times are milliseconds since the epoch. */
export interface BlockState {
  readonly schedule: Timetable | null;
  /**
   * - `no`: nobody wants it to be watched
   * - `yes`: changes are told
   * - `blind`: it cannot be watched, or what is told is not all
   */
  readonly watch: 'no' | 'yes' | 'blind';
  readonly settleMs: number;
  /** When it began to be looked after, or its watch began. */
  readonly sinceMs: number;
  /** Changes that no run has taken up yet. */
  readonly changed: { readonly firstMs: number; readonly lastMs: number } | null;
  /** Begin of the last run, by whomever, that looked at everything; null: none is known. */
  readonly walkedMs: number | null;
  /** Whether the last run left entries out: what keeps them may pass without any change that is told. */
  readonly isPartial: boolean;
  /** Of the last run, if it failed. */
  readonly failure: { readonly atMs: number; readonly delayMs: number; readonly looksAt: LooksAt } | null;
}

export interface Due {
  /** In the past: it is overdue. */
  readonly atMs: number;
  readonly looksAt: LooksAt;
  readonly why: 'timetable' | 'changes' | 'retry' | 'watch';
}

/** What is remembered of a block, and when it was. */
export type Remembered = Pick<BlockState, 'sinceMs' | 'changed' | 'walkedMs' | 'failure'>;

/** Where the clock was set back, nothing was in the future: it would be waited for until the clock is there again. */
export function keptToClock({ sinceMs, changed, walkedMs, failure }: Remembered, nowMs: number): Remembered {
  const past = (atMs: number): number => Math.min(atMs, nowMs);
  return {
    sinceMs: past(sinceMs),
    changed: changed && { firstMs: past(changed.firstMs), lastMs: past(changed.lastMs) },
    walkedMs: walkedMs !== null && walkedMs > nowMs && walkedMs < sinceMs ? null : walkedMs && past(walkedMs),
    failure: failure && { ...failure, atMs: past(failure.atMs) },
  };
}

/** When the next run is due, and what it is to look at. Null: when something happens. */
export function nextDue(state: BlockState): Due | null {
  const { failure } = state;
  const due = failure === null ? [changesDue(state), walkDue(state)] : [retryDue(failure)];
  return earliest([...due, timetableDue(state)]);
}

/** What a timetable has asked for while nobody was there is made up for, once. */
function timetableDue({ schedule, walkedMs, sinceMs }: BlockState): Due | null {
  const atMs = schedule?.next(walkedMs ?? sinceMs) ?? null;
  return atMs === null ? null : { atMs, looksAt: 'everything', why: 'timetable' };
}

/** After a while of quiet; what never comes to rest is not waited for. */
function changesDue({ watch, settleMs, changed }: BlockState): Due | null {
  if (watch === 'no' || changed === null) return null;
  const atMs = Math.min(changed.lastMs + settleMs, changed.firstMs + settleMs * limits.settleTimesMax);
  return { atMs, looksAt: 'changes', why: 'changes' };
}

/** Not all that changes is told, and where nothing is told, somebody has to look. */
function walkDue({ watch, walkedMs, sinceMs, isPartial }: BlockState): Due | null {
  if (watch === 'no') return null;
  // What happened before the watch began is known to nobody.
  if (walkedMs === null || walkedMs < sinceMs) return { atMs: sinceMs, looksAt: 'everything', why: 'watch' };
  const everyMs = watch === 'blind' || isPartial ? limits.blindWalkEveryMs : limits.watchWalkEveryMs;
  return { atMs: walkedMs + everyMs, looksAt: 'everything', why: 'watch' };
}

function retryDue({ atMs, delayMs, looksAt }: NonNullable<BlockState['failure']>): Due {
  return { atMs: atMs + delayMs, looksAt, why: 'retry' };
}

/** Of two at once, the one that looks at more. */
function earliest(dues: readonly (Due | null)[]): Due | null {
  let first: Due | null = null;
  for (const due of dues) {
    if (due === null) continue;
    const isBefore = first === null || due.atMs < first.atMs || (due.atMs === first.atMs && due.looksAt === 'everything');
    if (isBefore) first = due;
  }
  return first;
}

/** Doubled with each failure in a row, and spread over half its length. `random`: 0 to 1. */
export function failureDelayMs(failures: number, random: number): number {
  const fullMs = Math.min(limits.agentRetryFirstMs * 2 ** (failures - 1), limits.agentRetryMaxMs);
  return Math.round(fullMs * (0.5 + random / 2));
}
