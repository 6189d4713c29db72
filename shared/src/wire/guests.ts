import type { TLSSocket } from 'node:tls';
import { limits } from '../model/limits.js';
import { certificateFingerprint } from './certificate-fingerprint.js';

interface Guest {
  readonly socket: TLSSocket;
  readonly fingerprint: string;
  /** Runs for one that is not admitted any more, until it is cut. */
  expulsion: NodeJS.Timeout | null;
}

/**
 * The connections that have shown a certificate of our CA: only so many of each, and only while `admit` says yes. One
 * that is not admitted is kept for a moment, so that its calls are answered with the reason, and then cut.
 */
export class Guests {
  readonly #admit: (fingerprint: string) => boolean;
  readonly #guests = new Set<Guest>();
  #watch: NodeJS.Timeout | null = null;

  constructor(admit: (fingerprint: string) => boolean) {
    this.#admit = admit;
  }

  add(socket: TLSSocket): void {
    const { raw } = socket.getPeerCertificate();
    if (socket.destroyed || raw === undefined) {
      socket.destroy();
      return;
    }
    const guest: Guest = { socket, fingerprint: certificateFingerprint(raw), expulsion: null };
    const others = [...this.#guests].filter(({ fingerprint }) => fingerprint === guest.fingerprint);
    const admitted = this.#admit(guest.fingerprint);
    if (others.length >= (admitted ? limits.connectionsPerSourceMax : limits.deniedConnectionsPerSourceMax)) {
      socket.destroy();
      return;
    }
    this.#guests.add(guest);
    this.#watch ??= setInterval(() => this.#expelDenied(), limits.admissionIntervalMs).unref();
    socket.once('close', () => this.#left(guest));
    if (!admitted) expel(guest);
  }

  #expelDenied(): void {
    for (const guest of this.#guests) if (guest.expulsion === null && !this.#admit(guest.fingerprint)) expel(guest);
  }

  #left(guest: Guest): void {
    if (guest.expulsion !== null) clearTimeout(guest.expulsion);
    this.#guests.delete(guest);
    if (this.#guests.size > 0 || this.#watch === null) return;
    clearInterval(this.#watch);
    this.#watch = null;
  }
}

function expel(guest: Guest): void {
  guest.expulsion = setTimeout(() => guest.socket.destroy(), limits.deniedConnectionMaxMs).unref();
}
