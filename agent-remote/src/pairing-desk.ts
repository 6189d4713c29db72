import { BtsootError } from '@btsoot/shared/model/errors.js';
import { limits } from '@btsoot/shared/model/limits.js';
import { derOf, fingerprintOf } from '@btsoot/shared/pki/fingerprint.js';
import { sameSecret } from '@btsoot/shared/pki/pairing-code.js';
import { pairingWishFromWire } from '@btsoot/shared/wire/convert.js';
import type { PairReply, PairRequest__Output } from '@btsoot/shared/wire/messages.js';
import type { Grants } from './grants.js';
import type { SourceRecord, SourceRegistry } from './sources.js';

/** What became of a pairing code. A code that is not `waiting` is dead, and stays so. */
export type PairingState =
  | { readonly kind: 'waiting'; readonly wrongTries: number }
  | { readonly kind: 'paired'; readonly source: SourceRecord }
  | { readonly kind: 'tried-out' }
  | { readonly kind: 'expired' };

export interface PairingOptions {
  readonly remoteName: string;
  /** PEM. */
  readonly authorityCertificate: string;
  readonly secret: Buffer;
  readonly grants: Grants;
  readonly registry: SourceRegistry;
  /** Signs a source's request, and returns its certificate as PEM. */
  readonly certify: (sourceName: string, requestDer: Uint8Array) => string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Called once, when the code is dead. */
  readonly onDead: (state: Exclude<PairingState, { kind: 'waiting' }>) => void;
}

/** Judges those who come with a pairing code: one code, one source, a few tries, a few minutes. */
export class PairingDesk {
  readonly #o: PairingOptions;
  readonly #deadlineMs: number;
  #state: PairingState = { kind: 'waiting', wrongTries: 0 };

  constructor(options: PairingOptions) {
    this.#o = options;
    this.#deadlineMs = options.now() + limits.pairingValidMs;
  }

  /**
   * Pairs the source, if its secret is the code's.
   * @throws BtsootError of kind `denied` for a wrong secret or a dead code; `invalid` and `exists` for a name or a request
   * that cannot be used, which leaves the code alive: whoever knew the secret may try again.
   */
  async pair(request: PairRequest__Output): Promise<PairReply> {
    const wish = pairingWishFromWire(request);
    this.expireIfDue();
    this.#requireSecret(Buffer.from(wish.secret, 'hex'));
    const { registry, certify, authorityCertificate, grants, remoteName, now } = this.#o;
    registry.checkFree(wish.sourceName);
    const certificate = certify(wish.sourceName, wish.csr);
    const fingerprint = fingerprintOf(certificate);
    const source = registry.add({ name: wish.sourceName, fingerprint, grants }, new Date(now()));
    this.#die({ kind: 'paired', source });
    return { remoteName, certificateDer: derOf(certificate), caDer: derOf(authorityCertificate) };
  }

  /** To be called when the code's time may be over: kills it if it is. */
  expireIfDue(): void {
    if (this.#state.kind === 'waiting' && this.#o.now() >= this.#deadlineMs) this.#die({ kind: 'expired' });
  }

  #requireSecret(secret: Uint8Array): void {
    const state = this.#state;
    if (state.kind !== 'waiting') {
      throw new BtsootError('denied', 'the pairing code is not valid any more', {
        hint: 'Run `btsoot-remote pair` on the remote machine again for a new one.',
      });
    }
    if (sameSecret(secret, this.#o.secret)) return;
    const wrongTries = state.wrongTries + 1;
    if (wrongTries >= limits.pairingTriesMax) this.#die({ kind: 'tried-out' });
    else this.#state = { kind: 'waiting', wrongTries };
    throw new BtsootError('denied', 'the pairing code is wrong', { hint: 'Copy it again, as a whole.' });
  }

  #die(state: Exclude<PairingState, { kind: 'waiting' }>): void {
    this.#state = state;
    this.#o.onDead(state);
  }
}
