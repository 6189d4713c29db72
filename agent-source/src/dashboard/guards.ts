import { hostOf, mayBeAskedBy } from './hosts.js';

/** What of a request decides whether it is answered. Header values as they came. */
export interface Asked {
  readonly method: string;
  readonly host: string | undefined;
  readonly origin: string | undefined;
  /** `Sec-Fetch-Site`: which site the browser says that it comes from. */
  readonly site: string | undefined;
  readonly contentType: string | undefined;
  /** A token or a login's cookie came along that is right, or none is needed. */
  readonly isKnown: boolean;
}

export interface Door {
  /** Names of this machine by which it may be asked, in lower case. */
  readonly names: readonly string[];
  /** Whether it is bound to a loopback address. */
  readonly onLoopback: boolean;
}

/** What a route wants. */
export interface Wanted {
  readonly method: 'GET' | 'POST';
  /** Whether a page of another site may lead here: true of the page itself, never of what it asks. */
  readonly isPage: boolean;
  /** Whether strangers may have it. */
  readonly isOpen: boolean;
}

export interface Refusal {
  readonly status: 401 | 403 | 405 | 415;
  readonly message: string;
}

/** Null: it may pass. */
export function refusalOf(asked: Asked, wanted: Wanted, door: Door): Refusal | null {
  return hostRefusal(asked, door) ?? methodRefusal(asked, wanted) ?? siteRefusal(asked, wanted) ?? strangerRefusal(asked, wanted);
}

/** Before all else, a page that is not there included. */
export function hostRefusal({ host }: Pick<Asked, 'host'>, { names, onLoopback }: Door): Refusal | null {
  const name = hostOf(host);
  if (name !== null && mayBeAskedBy(name, names, onLoopback)) return null;
  const message = `This machine is not known as ${name ?? 'that'}. If it is, add the name to dashboard_names in config.toml.`;
  return { status: 403, message };
}

function methodRefusal({ method }: Asked, wanted: Wanted): Refusal | null {
  const isMeant = method === wanted.method || (method === 'HEAD' && wanted.method === 'GET');
  return isMeant ? null : { status: 405, message: `This is asked with ${wanted.method}.` };
}

/** What changes something must come from the page itself, and says so. */
function siteRefusal({ method, host, origin, site, contentType }: Asked, { isPage }: Wanted): Refusal | null {
  const foreign: Refusal = { status: 403, message: 'Another site may not ask this.' };
  if (isPage) return null;
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return foreign;
  if (method !== 'POST') return null;
  if (hostOf(origin) === null || portOf(origin) !== portOf(host) || hostOf(origin) !== hostOf(host)) return foreign;
  if (/^application\/json(?:$|;)/.test(contentType ?? '')) return null;
  return { status: 415, message: 'What is sent must be application/json.' };
}

/** Empty where it is the scheme's own. */
function portOf(header: string | undefined): string {
  return /:(\d{1,5})$/.exec(header ?? '')?.[1] ?? '';
}

function strangerRefusal({ isKnown }: Asked, { isOpen }: Wanted): Refusal | null {
  return isOpen || isKnown ? null : { status: 401, message: 'Log in first: `btsoot dashboard` prints the way in.' };
}
