import { randomBytes } from 'node:crypto';
import { BtsootError } from '@btsoot/shared/model/errors.js';
import { limits } from '@btsoot/shared/model/limits.js';
import { fingerprintOf } from '@btsoot/shared/pki/fingerprint.js';
import { isHost } from '@btsoot/shared/pki/host.js';
import { encodePairingCode, pairingSecretBytes } from '@btsoot/shared/pki/pairing-code.js';
import { servePairing } from '@btsoot/shared/wire/server.js';
import { reachableAddress } from '../addresses.js';
import { readKeys } from '../authority-files.js';
import { type RemoteConfig, requireConfig } from '../config.js';
import { describeGrants, type Grants } from '../grants.js';
import { type Layout, layoutOf } from '../layout.js';
import { explain, print } from '../output.js';
import { PairingDesk, type PairingState } from '../pairing-desk.js';
import { holderOfRoot } from '../root-lock.js';
import { SourceRegistry } from '../sources.js';

export interface PairOptions {
  readonly root: string;
  readonly grants: Grants;
  /** Undefined: found out. */
  readonly address: string | undefined;
  /** Of the pairing service; 0: any free one. */
  readonly port: number;
}

type DeadState = Exclude<PairingState, { kind: 'waiting' }>;

const closeGraceMs = 2_000;

/** Prints a pairing code, and waits until a source has used it up. @throws BtsootError of kind `denied` when nobody could. */
export async function pair({ root, grants, address, port }: PairOptions): Promise<void> {
  const layout = layoutOf(root);
  const config = requireConfig(layout);
  const host = address ?? reachableAddress(config.listen.host);
  if (!isHost(host)) {
    throw new BtsootError('invalid', `${JSON.stringify(host)} is neither the name of a host nor an IP address`, {
      hint: 'Name with --address what the source is to use: a name as pi.lan, or an address as 192.168.1.2.',
    });
  }
  const keys = readKeys(layout);
  const { issueSourceCertificate } = await import('@btsoot/shared/pki/authority.js');
  const secret = randomBytes(pairingSecretBytes);
  const verdict = promised<DeadState>();
  const desk = new PairingDesk({
    remoteName: config.name,
    authorityCertificate: keys.authority.certificatePem,
    secret,
    grants,
    registry: new SourceRegistry(layout.sourcesFile),
    certify: (sourceName, request) => issueSourceCertificate(keys.authority, sourceName, request),
    now: Date.now,
    onDead: verdict.resolve,
  });
  const chain = keys.server.certificatePem + keys.authority.certificatePem;
  const listen = { host: config.listen.host, port, certificate: chain, key: keys.server.keyPem };
  const server = await servePairing((request) => desk.pair(request), listen);
  const timer = setTimeout(() => desk.expireIfDue(), limits.pairingValidMs + 1);
  explainCode(layout, config, host, grants);
  print(
    encodePairingCode({
      host,
      servePort: config.listen.port,
      pairingPort: server.port,
      authorityFingerprint: fingerprintOf(keys.authority.certificatePem),
      secret,
    }),
  );
  const state = await verdict.promise;
  clearTimeout(timer);
  await server.close(closeGraceMs);
  report(state);
}

function explainCode(layout: Layout, config: RemoteConfig, host: string, grants: Grants): void {
  const minutes = limits.pairingValidMs / 60_000;
  explain(`Pairing the remote "${config.name}". On the machine with the source, run:  btsoot pair CODE`);
  explain(`The code below is good for one source and ${minutes} minutes. It grants: ${describeGrants(grants)}.`);
  explain(`The source will reach this machine as ${host} (another address: --address HOST).`);
  if (holderOfRoot(layout) === null)
    explain(`Nothing serves this root yet. Start it too: btsoot-remote serve --root ${layout.root}`);
}

function report(state: DeadState): void {
  switch (state.kind) {
    case 'paired':
      explain(`Paired the source "${state.source.name}".`);
      return;
    case 'expired':
      throw new BtsootError('denied', 'nobody used the code in time', { hint: 'Run `btsoot-remote pair` again for a new one.' });
    case 'tried-out':
      throw new BtsootError('denied', `somebody came with a wrong code ${limits.pairingTriesMax} times: the code is void`, {
        hint: 'If it was not you, find out who is in your network. Run `btsoot-remote pair` again for a new code.',
      });
    default:
      state satisfies never;
  }
}

function promised<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((resolvePromise) => {
    resolve = resolvePromise;
  });
  return { promise, resolve };
}
