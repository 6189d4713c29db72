import { connect, type TLSSocket } from 'node:tls';
import { BtsootError } from '../model/errors.js';
import { limits } from '../model/limits.js';
import { failureReason } from './failure-reason.js';

/** PEM texts: whom this side takes the server for, and who it is itself. */
export interface ServerAddress {
  readonly host: string;
  readonly port: number;
  readonly ca: string;
  readonly certificate: string;
  readonly key: string;
}

/** A server's certificate, as it showed it. */
export interface ShownCertificate {
  readonly pem: string;
  /** Why it is not trusted, in OpenSSL's words, as CERT_HAS_EXPIRED; null where it is. */
  readonly distrust: string | null;
}

/**
 * Asks a server for its certificate, says nothing to it, and hangs up: so that somebody can be told what is wrong with it.
 * @throws BtsootError of kind `unreachable`.
 */
export function showCertificate({ host, port, ca, certificate, key }: ServerAddress): Promise<ShownCertificate> {
  return new Promise((resolve, reject) => {
    const fail = (reason: string): void => {
      socket.destroy();
      reject(
        new BtsootError('unreachable', `no TLS connection to ${host}:${port}: ${reason}`, {
          hint: 'Is that machine on, does `btsoot-remote serve` run there, and is the address right?',
        }),
      );
    };
    // What is wrong with it is what is asked for.
    const trust = { ca, cert: certificate, key, rejectUnauthorized: false, checkServerIdentity: () => undefined };
    const socket: TLSSocket = connect({ host, port, ...trust, minVersion: 'TLSv1.3', ALPNProtocols: ['h2'] }, () => {
      const shown = socket.getPeerX509Certificate();
      if (shown === undefined) return fail('it shows no certificate');
      const distrust = socket.authorized ? null : String(socket.authorizationError);
      resolve({ pem: shown.toString(), distrust });
      socket.destroy();
    });
    socket.setTimeout(limits.connectTimeoutMs, () => fail('it does not answer'));
    socket.on('error', (error) => fail(failureReason(error.message)));
  });
}
