import { X509Certificate } from 'node:crypto';
import { Check, type Diagnosis } from '../model/diagnosis.js';

const DAY_MS = 24 * 60 * 60 * 1000;
/** Certificates are valid for 20 years: who is told half a year before has time enough. */
const SOON_DAYS = 180;

/** Milliseconds since the epoch. */
export interface Validity {
  readonly fromMs: number;
  readonly untilMs: number;
}

/** @throws Error where the text is no PEM certificate. */
export function validityOf(pem: string): Validity {
  const { validFrom, validTo } = new X509Certificate(pem);
  return { fromMs: Date.parse(validFrom), untilMs: Date.parse(validTo) };
}

/** @param whose as in "the certificate of nas" */
export function judgeValidity(
  about: string,
  whose: string,
  { fromMs, untilMs }: Validity,
  nowMs: number,
  advice: string,
): Diagnosis {
  const check = new Check('certificate', about);
  const until = dayOf(untilMs);
  const clock = 'Or is the clock of this machine wrong?';
  if (nowMs < fromMs)
    return check.bad(`${whose} is not valid before ${dayOf(fromMs)}`, `Set the clock of this machine: it says ${dayOf(nowMs)}.`);
  if (nowMs >= untilMs) return check.bad(`${whose} has expired on ${until}`, `${advice} ${clock}`);
  const days = Math.floor((untilMs - nowMs) / DAY_MS);
  if (days < SOON_DAYS) return check.warning(`${whose} expires on ${until}, in ${days} days`, advice);
  return check.good(`${whose} is valid until ${until}`);
}

function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
