import { constants } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { type ChannelCredentials, credentials, ServerCredentials } from '@grpc/grpc-js';
import { BtsootError } from '../model/errors.js';
import { limits } from '../model/limits.js';

/** TLS 1.3 and nothing older, on both sides. */
const VERSION = { minVersion: 'TLSv1.3', maxVersion: 'TLSv1.3' } as const;

const CHACHA = 'TLS_CHACHA20_POLY1305_SHA256';
const AES = 'TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384';

/**
 * The order of ciphers for a CPU. Without AES instructions (every Raspberry Pi before the 5) ChaCha20 is several times
 * as fast. `cpuinfo` is the text of /proc/cpuinfo, or null where there is none.
 */
export function cipherOrder(cpuinfo: string | null): string {
  return hasAes(cpuinfo) === false ? `${CHACHA}:${AES}` : `${AES}:${CHACHA}`;
}

/** Whether a CPU has AES instructions, by what `cipherOrder` goes by; null where that does not tell. */
export function hasAes(cpuinfo: string | null): boolean | null {
  const flags = cpuinfo === null ? null : /^(?:flags|Features)\s*:(.*)$/m.exec(cpuinfo);
  return flags === null ? null : ` ${flags[1]} `.includes(' aes ');
}

/** Of this machine, for `cipherOrder`. */
export function cpuInfo(): string | null {
  try {
    return readFileSync('/proc/cpuinfo', 'latin1');
  } catch {
    return null;
  }
}

function ownCipherOrder(): string {
  return cipherOrder(cpuInfo());
}

/** PEM texts. With a `ca`, only clients that show a certificate of that CA get through the handshake. */
export function serverTls(identity: { ca: string | null; certificate: string; key: string }): ServerCredentials {
  const pair = { cert_chain: Buffer.from(identity.certificate), private_key: Buffer.from(identity.key) };
  const ca = identity.ca === null ? null : Buffer.from(identity.ca);
  const made = ServerCredentials.createSsl(ca, [pair], ca !== null);
  const options = made._getConstructorOptions();
  if (options === null || made._getConstructorOptions() !== options) {
    throw new BtsootError('internal', 'this version of @grpc/grpc-js does not let its TLS options be set');
  }
  Object.assign(options, {
    ...VERSION,
    ciphers: ownCipherOrder(),
    honorCipherOrder: true,
    // Session tickets would carry the client's certificate, twice, and nobody resumes. A client whose first choice is
    // ChaCha20 gets it: its CPU is the one without AES.
    secureOptions: constants.SSL_OP_NO_TICKET | constants.SSL_OP_PRIORITIZE_CHACHA,
    handshakeTimeout: limits.connectTimeoutMs,
  });
  return made;
}

/** PEM texts. Trusts that CA and no other. Without certificate and key the client stays unknown, as while pairing. */
export function clientTls(trust: { ca: string; certificate?: string; key?: string }): ChannelCredentials {
  const { ca, certificate, key } = trust;
  const own = certificate === undefined || key === undefined ? {} : { cert: certificate, key };
  return credentials.createFromSecureContext(createSecureContext({ ...VERSION, ciphers: ownCipherOrder(), ca, ...own }));
}
