import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { writeFileAtomic } from '@btsoot/shared/disk/durable.js';
import { fromText } from '@btsoot/shared/model/bytes.js';
import { BtsootError, errnoOf, fromSystemError } from '@btsoot/shared/model/errors.js';
import { limits } from '@btsoot/shared/model/limits.js';

const TOKEN = /^[\w-]{43}$/;
const COOKIE = 'btsoot';

/** The token that lets in who does not run as the agent's own user, made where there is none yet. */
export function takeToken(file: string): string {
  const known = readToken(file);
  if (known !== null) return known;
  const token = randomBytes(32).toString('base64url');
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeFileAtomic(fromText(file), `${token}\n`, 0o600);
  return token;
}

/** Null where none was made yet. @throws BtsootError of kind `corrupt` for a file that holds none. */
export function readToken(file: string): string | null {
  let text: string;
  try {
    text = readFileSync(file, 'utf8').trim();
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null;
    throw fromSystemError(error, `reading ${file}`);
  }
  if (TOKEN.test(text)) return text;
  throw new BtsootError('corrupt', `${file} holds no token`, { hint: 'Remove it and restart the agent: it makes a new one.' });
}

/** Takes as long for what is nearly right as for what is all wrong. */
export function isToken(text: string, token: string): boolean {
  return sameSecret(text, token);
}

/** The value of the header that logs a browser in. The cookie does not hold the token, and ends with it. */
export function loginCookie(token: string, nowMs: number): string {
  const untilMs = nowMs + limits.dashboardLoginValidMs;
  const maxAge = Math.floor(limits.dashboardLoginValidMs / 1000);
  return `${COOKIE}=${untilMs}.${signatureOf(untilMs, token)}; Path=/; Max-Age=${maxAge}; HttpOnly; SameSite=Strict`;
}

/** Whether a `Cookie` header holds a login that is valid yet. */
export function isLoggedIn(header: string | undefined, token: string, nowMs: number): boolean {
  const values = (header ?? '').split(';').map((part) => part.trim());
  return values.some((value) => {
    const match = /^btsoot=(\d{1,15})\.([\w-]{43})$/.exec(value);
    const untilMs = Number(match?.[1] ?? 0);
    return untilMs > nowMs && sameSecret(match?.[2] ?? '', signatureOf(untilMs, token));
  });
}

function signatureOf(untilMs: number, token: string): string {
  return createHmac('sha256', token).update(`dashboard login until ${untilMs}`).digest('base64url');
}

function sameSecret(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHmac('sha256', 'compare').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
