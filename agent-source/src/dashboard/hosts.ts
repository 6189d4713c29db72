import { isIP, isIPv4 } from 'node:net';

/** Whether only this machine reaches it. Names but `localhost` count as reachable: who knows what they mean tomorrow. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'));
}

/** The host of a `Host` or `Origin` header, without port and brackets, in lower case; null where there is none. */
export function hostOf(header: string | undefined): string | null {
  const match = /^(?:https?:\/\/)?(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+))(?::\d{1,5})?$/i.exec(header ?? '');
  return (match?.[1] ?? match?.[2] ?? null)?.toLowerCase() ?? null;
}

/**
 * Whether a browser may ask by this host. A page of the web can have its own name lead here (DNS rebinding), and is then of
 * the same origin to the browser; addresses cannot be made to lead elsewhere, and our own names are nobody else's.
 * @param names of this machine, in lower case
 */
export function mayBeAskedBy(host: string, names: readonly string[], onLoopback: boolean): boolean {
  if (isLoopback(host) || names.includes(host)) return true;
  return !onLoopback && isIP(host) !== 0;
}
