import type { OpenBlock } from './blocks.js';

const clockReading = 'clock-reading';
const readingIntervalUs = 60 * 60 * 1_000_000;

/**
 * The time by which history may be judged: the clock's now or what the clock said at the end of an earlier session,
 * whichever is less; 0 where there was none. So it takes a clock that is wrong in two sessions to let anything go early.
 */
export function judgedNowUs({ manifest }: OpenBlock, nowUs: number): number {
  return Math.min(nowUs, Number(manifest.setting(clockReading) ?? 0));
}

/** At the end of a session: what the clock says, for the next one. */
export function noteClock({ manifest }: OpenBlock, nowUs: number): void {
  const before = Number(manifest.setting(clockReading) ?? 0);
  if (nowUs < before || nowUs - before >= readingIntervalUs) manifest.setSetting(clockReading, String(nowUs));
}
