import { isIP } from 'node:net';

const hostNameMaxLength = 253;
const label = /^[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?$/;

/** Whether a text is an IP address (an IPv6 one without brackets), or can be a host's name. It need not exist. */
export function isHost(text: string): boolean {
  if (isIP(text) !== 0) return true;
  const labels = text.replace(/\.$/, '').split('.');
  // All digits at the end: an IPv4 address, and a wrong one.
  return text.length <= hostNameMaxLength && labels.every((part) => label.test(part)) && !/^\d+$/.test(labels.at(-1) ?? '');
}
