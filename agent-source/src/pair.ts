import { createPrivateKey } from 'node:crypto';
import { hostname } from 'node:os';
import { BtsootError, errnoOf, fromSystemError } from '@btsoot/shared/model/errors.js';
import { limits } from '@btsoot/shared/model/limits.js';
import { fingerprintOf, pemOf, readCertificate } from '@btsoot/shared/pki/fingerprint.js';
import { decodePairingCode, type PairingCode } from '@btsoot/shared/pki/pairing-code.js';
import { makeRequest } from '@btsoot/shared/pki/request.js';
import { pairingClient } from '@btsoot/shared/wire/pairing.js';
import { PROTOCOL } from '@btsoot/shared/wire/protocol.js';
import type { Remote } from './config.js';
import { checkRemoteCanBeSaved, saveRemote } from './config-edit.js';
import { checkName } from './names.js';
import type { Paths } from './paths.js';
import { stageRemoteFiles } from './remote-files.js';

export interface PairOptions {
  /** What to call the remote here; null: its own name. */
  readonly name: string | null;
  /** What the remote shall call this machine. */
  readonly sourceName: string;
  /** Names of remotes that are paired already. */
  readonly taken: ReadonlySet<string>;
  /** Whether a remote of the same name is paired anew. */
  readonly replace: boolean;
  readonly signal: AbortSignal;
}

/**
 * Redeems a pairing code: makes a key, has the remote sign it, keeps both below the config directory (0600) and writes
 * the remote into the config file. The key never leaves this machine. What can go wrong here is tried out before the
 * code is used up, and what an earlier pairing wrote stays until this one is good.
 * @throws BtsootError of kind `invalid` for a damaged code, `exists` for a taken name, and as the pairing client.
 */
export async function pairRemote(paths: Paths, codeText: string, options: PairOptions): Promise<Omit<Remote, 'rateLimit'>> {
  const code = decodePairingCode(codeText);
  if (options.name !== null) checkFree(checkName('remote', options.name), options);
  const request = makeRequest(options.sourceName);
  const address = { host: code.host, port: code.servePort };
  await checkRemoteCanBeSaved(paths, options.name ?? ownName('', options.taken), address);
  const files = await stageRemoteFiles(paths, request.keyPem);
  try {
    const reply = await askForCertificate(code, options, request.requestDer);
    try {
      checkReply(code, request.keyPem, reply);
      const name = options.name ?? ownName(reply.remoteName, options.taken);
      await saveRemote(paths, name, address);
      await files.keep(name, { ca: pemOf(reply.caDer), certificate: pemOf(reply.certificateDer) });
      return { name, ...address };
    } catch (error) {
      throw pairedInVain(error, options.sourceName);
    }
  } finally {
    await files.discard();
  }
}

/** This machine's name, as far as a source may be called that. */
export function defaultSourceName(): string {
  const usable = hostname()
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '');
  return usable.slice(0, limits.blockNameLengthMax) || 'source';
}

async function askForCertificate(code: PairingCode, options: PairOptions, requestDer: Buffer) {
  const address = { host: code.host, port: code.pairingPort, caFingerprint: code.authorityFingerprint };
  const request = {
    protocolMajor: PROTOCOL.major,
    secret: code.secret,
    sourceName: options.sourceName,
    csrDer: requestDer,
  };
  return await pairingClient(address, request, options.signal);
}

/** What was shown while connecting was the remote's own chain: what it sends must be of the same CA, and for our key. */
function checkReply(code: PairingCode, keyPem: string, reply: { caDer: Buffer; certificateDer: Buffer }): void {
  const certificate = readCertificate(reply.certificateDer);
  const ofThisCa =
    fingerprintOf(reply.caDer) === code.authorityFingerprint && certificate.verify(readCertificate(reply.caDer).publicKey);
  if (ofThisCa && certificate.checkPrivateKey(createPrivateKey(keyPem))) return;
  throw new BtsootError('denied', 'the remote sent a certificate that does not belong to its pairing code', {
    hint: 'Somebody may be in between. Make a new code, and compare the addresses.',
  });
}

function checkFree(name: string, options: PairOptions): void {
  if (!options.taken.has(name) || options.replace) return;
  throw new BtsootError('exists', `a remote named "${name}" is paired already`, {
    hint: 'Give this one another --name, or pair the same one anew with --replace.',
  });
}

/** The code is used up by now, so a taken name must not end it. */
function ownName(remoteName: string, taken: ReadonlySet<string>): string {
  const usable = remoteName.replace(/[^A-Za-z0-9._-]+/g, '-').replace(/^[^A-Za-z0-9]+/, '') || 'remote';
  let name = usable.slice(0, limits.blockNameLengthMax - 4);
  for (let number = 2; taken.has(name); number++) name = `${usable.slice(0, limits.blockNameLengthMax - 4)}-${number}`;
  return name;
}

/** The remote has signed a certificate by now, and would refuse the same name a second time. */
function pairedInVain(error: unknown, sourceName: string): unknown {
  if (!(error instanceof BtsootError) && errnoOf(error) === undefined) return error;
  const known = fromSystemError(error, 'what the remote sent cannot be kept');
  const before = known.hint === undefined ? '' : `${known.hint} `;
  const hint = `${before}The remote has let this machine in: run \`btsoot-remote revoke ${sourceName}\` there, then pair again.`;
  return new BtsootError(known.kind, known.message, { hint, cause: error });
}
