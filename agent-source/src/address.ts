import { BtsootError } from '@btsoot/shared/model/errors.js';

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** Reads `host:port`, `192.0.2.1:port` or `[2001:db8::1]:port`. @throws BtsootError of kind `invalid`. */
export function parseAddress(text: string): Address {
  const match = /^(?:\[([0-9A-Fa-f:.%\w]+)\]|([^\s:[\]/]+)):(\d{1,5})$/.exec(text);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3]);
  if (host === undefined || port < 1 || port > 65_535) {
    throw new BtsootError('invalid', `"${text}" is not an address like pi.local:7713`, {
      hint: 'Write HOST:PORT, as in pi.local:7713 or [fd00::1]:7713.',
    });
  }
  return { host, port };
}

export function formatAddress(address: Address): string {
  return address.host.includes(':') ? `[${address.host}]:${address.port}` : `${address.host}:${address.port}`;
}
