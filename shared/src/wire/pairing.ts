import { createHash, X509Certificate } from 'node:crypto';
import { connect } from 'node:tls';
import { BtsootError, errnoOf } from '../model/errors.js';
import { limits } from '../model/limits.js';
import { Channel, cancelled } from './channel.js';
import { failureReason } from './failure-reason.js';
import type { PairingClient } from './gen/btsoot/v1/Pairing.js';
import type { PairReply__Output, PairRequest } from './messages.js';
import { remotePackage } from './proto.js';

export interface PairingAddress {
  readonly host: string;
  readonly port: number;
  /** SHA-256 of the CA certificate's DER, 64 lower-case hexadecimal digits: the code's fingerprint. */
  readonly caFingerprint: string;
}

/**
 * Asks a remote agent for a certificate. What answers must show, by its certificate chain, that it belongs to the CA
 * whose fingerprint the pairing code holds; only then, on a connection that trusts that CA alone, does it get the secret.
 * @throws BtsootError of kind `unreachable`, `denied` (another CA answers, or the remote says no) or `version`.
 */
export async function pairingClient(
  address: PairingAddress,
  request: PairRequest,
  signal?: AbortSignal,
): Promise<PairReply__Output> {
  const ca = await pinnedCa(address, signal);
  const trust = { kind: 'tls', host: address.host, port: address.port, ca: ca.toString() } as const;
  const channel = new Channel<PairingClient>(remotePackage().Pairing, trust);
  try {
    return await channel.unary((client, options, done) => client.pair(request, options, done), signal);
  } finally {
    channel.close();
  }
}

async function pinnedCa(address: PairingAddress, signal: AbortSignal | undefined): Promise<X509Certificate> {
  const [leaf, ...others] = await chainOf(address, signal);
  const ca = others.find((certificate) => createHash('sha256').update(certificate.raw).digest('hex') === address.caFingerprint);
  if (leaf === undefined || ca === undefined || !leaf.checkIssued(ca) || !leaf.verify(ca.publicKey)) {
    throw new BtsootError('denied', `what answers at ${address.host}:${address.port} is not the remote that made the code`, {
      hint: 'Check the address. If it is right, somebody may be in between: make a new code on the remote.',
    });
  }
  return ca;
}

const USED_UP = 'A code is good for one pairing and ten minutes: run `btsoot-remote pair` again for a new one.';
const OUT_OF_REACH =
  'Is that machine on, and is this its address? `btsoot-remote pair --address HOST` prints a code with another one, and `--port N` one for a port that a firewall lets through.';

/** The certificates that the server shows, leaf first. Nothing is believed yet, and nothing is sent. */
function chainOf({ host, port }: PairingAddress, signal: AbortSignal | undefined): Promise<X509Certificate[]> {
  return new Promise((resolve, reject) => {
    const options = { host, port, rejectUnauthorized: false, minVersion: 'TLSv1.3', ALPNProtocols: ['h2'] } as const;
    const socket = connect(options, () => {
      const chain: X509Certificate[] = [];
      // The chain's end names itself as its issuer.
      for (let at = socket.getPeerCertificate(true); at?.raw !== undefined; at = at.issuerCertificate) {
        chain.push(new X509Certificate(at.raw));
        if (at.issuerCertificate === at || chain.length > 4) break;
      }
      resolve(chain);
      socket.destroy();
    });
    const stop = () => socket.destroy(cancelled(signal));
    signal?.addEventListener('abort', stop, { once: true });
    if (signal?.aborted) stop();
    // Not the socket's own timeout: who says a byte now and then would never be late.
    const late = setTimeout(() => socket.destroy(new Error('no answer')), limits.connectTimeoutMs);
    socket.once('error', (error) => {
      const unreachable = () =>
        new BtsootError('unreachable', `no pairing service at ${host}:${port}: ${failureReason(error.message)}`, {
          hint: errnoOf(error) === 'ECONNREFUSED' ? USED_UP : OUT_OF_REACH,
          cause: error,
        });
      reject(error instanceof BtsootError ? error : unreachable());
    });
    socket.once('close', () => {
      clearTimeout(late);
      signal?.removeEventListener('abort', stop);
      reject(
        new BtsootError('unreachable', `the pairing service at ${host}:${port} hung up`, {
          hint: 'Does `btsoot-remote pair` still wait there? It ends after ten minutes or three tries: run it again for a new code.',
        }),
      );
    });
  });
}
