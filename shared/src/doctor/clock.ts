import { Check, type Diagnosis } from '../model/diagnosis.js';
import { formatDuration } from '../model/human.js';
import { limits } from '../model/limits.js';

const MINUTE_US = 60 * 1_000_000;
const DAY_US = 24 * 60 * MINUTE_US;
const ADVICE = 'Set the clock, and let it be kept: `timedatectl set-ntp true`.';

/** @param newestUs the newest time that the manifests tell of; 0 for none */
export function judgeClock(about: string, nowUs: number, newestUs: number): Diagnosis {
  const check = new Check('clock', about);
  const day = new Date(nowUs / 1000).toISOString().slice(0, 10);
  if (nowUs < limits.clockMinUs) return check.bad(`the clock says ${day}: it was never set`, ADVICE);
  if (newestUs - nowUs > DAY_US) {
    const lastDay = new Date(newestUs / 1000).toISOString().slice(0, 10);
    return check.bad(`the clock says ${day}, and was at ${lastDay} before`, ADVICE);
  }
  return check.good(`the clock says ${day}`);
}

/** Two clocks: `aheadUs` is how far the other one is ahead of ours, known to `uncertainUs`. */
export function judgeSkew(about: string, aheadUs: number, uncertainUs: number): Diagnosis {
  const check = new Check('clock-skew', about);
  const apartUs = Math.max(0, Math.abs(aheadUs) - uncertainUs);
  const text = `its clock is ${formatDuration(Math.abs(aheadUs) / 1000)} ${aheadUs > 0 ? 'ahead of' : 'behind'} ours`;
  const advice =
    'Find out which of the two is wrong, and let it be kept: `timedatectl set-ntp true`. History is kept and shown by that time.';
  if (apartUs >= DAY_US) return check.bad(text, advice);
  if (apartUs >= MINUTE_US) return check.warning(text, advice);
  return check.good('its clock agrees with ours');
}
