import { limits } from './limits.js';

/** A session as far as its time goes. */
export interface TimedSession {
  /** Microseconds since the epoch; 0 while it runs. */
  readonly finishedUs: number;
}

/**
 * When each session ended, as far as that can be believed; null where it cannot. Sessions are in the order of their
 * numbers, oldest first: that order is certain, clocks are not. A time counts for nothing that lies before any clock was
 * set, in the future, or before the time of an earlier session.
 */
export function knownTimes(sessions: readonly TimedSession[], nowUs: number): (number | null)[] {
  let latestUs: number = limits.clockMinUs;
  return sessions.map(({ finishedUs }) => {
    if (finishedUs < latestUs || finishedUs > nowUs) return null;
    latestUs = finishedUs;
    return finishedUs;
  });
}

/**
 * By when each session had ended for certain: its own time where that is known, else that of the next one after it whose
 * time is; null where there is none.
 */
export function latestTimes(sessions: readonly TimedSession[], nowUs: number): (number | null)[] {
  const times = knownTimes(sessions, nowUs);
  let nextUs: number | null = null;
  for (let index = times.length - 1; index >= 0; index--) {
    nextUs = times[index] ?? nextUs;
    times[index] = nextUs;
  }
  return times;
}
