import type { SessionRecord } from '@btsoot/shared/manifest/manifest.js';
import { limits } from '@btsoot/shared/model/limits.js';
import { latestTimes } from '@btsoot/shared/model/session-times.js';

export type SpaceFloor =
  | { readonly kind: 'bytes'; readonly bytes: number }
  | { readonly kind: 'percent'; readonly percent: number };

/**
 * What history may go. A session goes when it is older than `keepDays`, or there are more than `keepSessionsMax`, or the
 * disk has less free than `freeSpaceMin`; but never while fewer than `keepSessionsMin` others would be left, and the last
 * two never make one go that is younger than `minAgeDays`: a source that fills the disk, or syncs a thousand times in an
 * hour, shortens nothing below that.
 */
export interface RetentionRules {
  readonly keepDays: number;
  /** States that can be restored at any time, the newest one included. */
  readonly keepSessionsMin: number;
  readonly keepSessionsMax: number | null;
  readonly freeSpaceMin: SpaceFloor | null;
  readonly minAgeDays: number;
}

export const defaultRules: RetentionRules = {
  keepDays: limits.historyRetentionDefaultDays,
  keepSessionsMin: 1,
  keepSessionsMax: null,
  freeSpaceMin: null,
  minAgeDays: limits.historyMinAgeDefaultDays,
};

const dayUs = 24 * 60 * 60 * 1_000_000;

/** A block's sessions, the oldest first, and which of them may go: a session goes only after all before it. */
export interface Candidates {
  readonly sessions: readonly SessionRecord[];
  /** How many of them go by age or number. */
  readonly due: number;
  /** How many of them may go, those included, where the disk is full. */
  readonly forSpace: number;
}

/** @param sessions newest first, as the manifest lists them */
export function candidates(sessions: readonly SessionRecord[], rules: RetentionRules, nowUs: number): Candidates {
  const ended = sessions.filter(({ finishedUs }) => finishedUs !== 0).toReversed();
  const times = latestTimes(ended, nowUs);
  const isOlder = (index: number, days: number): boolean => {
    // Whoever asks for no age at all need not know it.
    if (days === 0) return true;
    const time = times[index] ?? null;
    return time !== null && time < nowUs - days * dayUs;
  };
  // When the session at an index goes, its own state is the oldest that is left.
  const countFrom = (goes: (index: number, left: number) => boolean): number => {
    let count = 0;
    while (count < ended.length && ended.length - count >= rules.keepSessionsMin && goes(count, ended.length - count)) count++;
    return count;
  };
  const isTooMany = (left: number): boolean => rules.keepSessionsMax !== null && left >= rules.keepSessionsMax;
  const due = countFrom((index, left) => isOlder(index, rules.keepDays) || (isTooMany(left) && isOlder(index, rules.minAgeDays)));
  const forSpace =
    rules.freeSpaceMin === null
      ? due
      : Math.max(
          due,
          countFrom((index) => isOlder(index, Math.min(rules.minAgeDays, rules.keepDays))),
        );
  return { sessions: ended, due, forSpace };
}

/** The number of the last session that goes by age or number; 0 for none. */
export function dueThrough({ sessions, due }: Candidates): number {
  return sessions[due - 1]?.number ?? 0;
}

/** The number of the next session that goes where space is wanted, `through` having gone; 0 where none may go. */
export function nextForSpace({ sessions, forSpace }: Candidates, through: number): number {
  return sessions.slice(0, forSpace).find(({ number }) => number > through)?.number ?? 0;
}

/** About what would become free if all went that may. */
export function reclaimableBytes({ sessions, forSpace }: Candidates): number {
  return sessions.slice(0, forSpace).reduce((sum, { keptBytes }) => sum + keptBytes, 0);
}

/** What a disk of this size should have free. */
export function wantedFreeBytes({ freeSpaceMin }: RetentionRules, totalBytes: number): number {
  if (freeSpaceMin === null) return 0;
  return freeSpaceMin.kind === 'bytes' ? freeSpaceMin.bytes : Math.floor((totalBytes * freeSpaceMin.percent) / 100);
}

/** For people: "30 days, at least 3 sessions". */
export function rulesText({ keepDays, keepSessionsMin, keepSessionsMax, freeSpaceMin, minAgeDays }: RetentionRules): string {
  const parts = [`${keepDays} days`];
  if (keepSessionsMin > 1) parts.push(`at least ${keepSessionsMin} sessions`);
  if (keepSessionsMax !== null) parts.push(`at most ${keepSessionsMax} sessions`);
  if (freeSpaceMin !== null) {
    const space = freeSpaceMin.kind === 'bytes' ? `${freeSpaceMin.bytes / 1e9} GB` : `${freeSpaceMin.percent} %`;
    parts.push(`less where under ${space} of the disk are free`);
  }
  if (keepSessionsMax !== null || freeSpaceMin !== null) parts.push(`nothing younger than ${minAgeDays} days goes for that`);
  return parts.join(', ');
}
