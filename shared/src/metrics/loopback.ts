import { isIP } from 'node:net';
import { BtsootError } from '../model/errors.js';

/** An address that only this machine reaches. */
export interface LoopbackAddress {
  readonly host: string;
  readonly port: number;
}

/** Reads `127.0.0.1:7715`, `[::1]:7715` or `localhost:7715`. @throws BtsootError of kind `invalid` for any other. */
export function parseLoopback(text: string): LoopbackAddress {
  const match = /^(?:\[(::1)\]|(localhost|127(?:\.\d{1,3}){3})):(\d{1,5})$/.exec(text);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3]);
  if (host === undefined || !(host === 'localhost' || isIP(host) > 0) || port < 1 || port > 65_535) {
    throw new BtsootError('invalid', `"${text}" is not an address of this machine like 127.0.0.1:7715`, {
      hint: 'What is to be read from elsewhere goes through a reverse proxy, or a tunnel.',
    });
  }
  return { host, port };
}

export function formatLoopback({ host, port }: LoopbackAddress): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** Whether a `Host` header names this machine by what only this machine has. A page of the web can have its own name lead here. */
export function isAskedHere(header: string | undefined): boolean {
  return /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?$/i.test(header ?? '');
}
