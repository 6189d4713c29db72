import { createHash, timingSafeEqual } from 'node:crypto';
import { BtsootError } from '../model/errors.js';
import { isHost } from './host.js';

/** What `btsoot-remote pair` hands to a person, and the person to `btsoot pair`. */
export interface PairingCode {
  /** A host name or an IP address, as the source agent reaches the remote. */
  readonly host: string;
  /** Where the remote serves. */
  readonly servePort: number;
  /** Where the remote pairs, for as long as the code is valid. */
  readonly pairingPort: number;
  /** SHA-256 of the remote's CA certificate (DER), 64 lower-case hexadecimal digits. */
  readonly authorityFingerprint: string;
  /** 16 bytes, drawn for this code alone. */
  readonly secret: Buffer;
}

export const pairingSecretBytes = 16;

const prefix = 'btsoot1-';
const fingerprintBytes = 32;
const checksumBytes = 4;
const hostLengthMaxBytes = 255;
/** Everything but the host: its length, two ports, fingerprint, secret, checksum. */
const fixedBytes = 1 + 2 + 2 + fingerprintBytes + pairingSecretBytes + checksumBytes;

/**
 * One word that survives copy and paste: `btsoot1-` and, as base64url, host length (u8), host (UTF-8), serve port and
 * pairing port (u16, big endian), CA fingerprint (32 bytes), secret (16 bytes), and the first four bytes of the SHA-256 of all that.
 * @throws BtsootError of kind `invalid` for a host that can be none.
 */
export function encodePairingCode(code: PairingCode): string {
  const host = Buffer.from(code.host, 'utf8');
  if (!isHost(code.host) || host.length > hostLengthMaxBytes) throw noHost(code.host);
  const numbers = Buffer.alloc(4);
  numbers.writeUInt16BE(code.servePort, 0);
  numbers.writeUInt16BE(code.pairingPort, 2);
  const body = Buffer.concat([Buffer.of(host.length), host, numbers, Buffer.from(code.authorityFingerprint, 'hex'), code.secret]);
  return prefix + Buffer.concat([body, checksum(body)]).toString('base64url');
}

/**
 * Reads a code as a person pasted it: white space anywhere in it, as terminals add when they wrap, does not matter.
 * @throws BtsootError of kind `invalid` that says whether it is no code at all or a damaged one.
 */
export function decodePairingCode(text: string): PairingCode {
  const compact = text.replace(/\s+/g, '');
  if (!compact.startsWith(prefix)) {
    throw new BtsootError('invalid', `a pairing code starts with "${prefix}"`, {
      hint: 'Run `btsoot-remote pair` on the remote machine, and paste the last line that it prints.',
    });
  }
  const bytes = Buffer.from(compact.slice(prefix.length), 'base64url');
  const body = bytes.subarray(0, Math.max(0, bytes.length - checksumBytes));
  const hostLength = bytes[0] ?? 0;
  const whole = bytes.length === fixedBytes + hostLength && checksum(body).equals(bytes.subarray(body.length));
  if (!whole || hostLength === 0) throw damaged();
  return readBody(body, hostLength);
}

function readBody(body: Buffer, hostLength: number): PairingCode {
  let at = 1 + hostLength;
  const host = body.toString('utf8', 1, at);
  const servePort = body.readUInt16BE(at);
  const pairingPort = body.readUInt16BE(at + 2);
  at += 4;
  if (servePort === 0 || pairingPort === 0) throw damaged();
  if (!isHost(host)) throw noHost(host);
  const authorityFingerprint = body.toString('hex', at, at + fingerprintBytes);
  const secret = Buffer.from(body.subarray(at + fingerprintBytes, at + fingerprintBytes + pairingSecretBytes));
  return { host, servePort, pairingPort, authorityFingerprint, secret };
}

/** Compares two secrets in a time that does not depend on where they differ. */
export function sameSecret(a: Uint8Array, b: Uint8Array): boolean {
  return a.byteLength === b.byteLength && timingSafeEqual(a, b);
}

function checksum(body: Buffer): Buffer {
  return createHash('sha256').update(body).digest().subarray(0, checksumBytes);
}

function noHost(text: string): BtsootError {
  return new BtsootError('invalid', `${JSON.stringify(text)} is neither the name of a host nor an IP address`, {
    hint: 'Run `btsoot-remote pair --address HOST` with the address that the source is to use.',
  });
}

function damaged(): BtsootError {
  return new BtsootError('invalid', 'the pairing code is damaged: a character is missing, or one is wrong', {
    hint: 'Copy the whole line that `btsoot-remote pair` printed.',
  });
}
