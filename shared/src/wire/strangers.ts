import type { Socket } from 'node:net';

export interface StrangerLimits {
  readonly most: number;
  readonly mostPerAddress: number;
  /** How long one may stay without becoming known. */
  readonly lifeMaxMs: number;
}

interface Stranger {
  readonly address: string;
  readonly end: NodeJS.Timeout;
}

/**
 * The connections of which nobody knows yet whose they are. Whoever holds many of them open loses his own oldest ones
 * first, so that silent connections never keep out one that has something to say.
 */
export class Strangers {
  readonly #limits: StrangerLimits;
  /** The oldest first. */
  readonly #sockets = new Map<Socket, Stranger>();

  constructor(limits: StrangerLimits) {
    this.#limits = limits;
  }

  add(socket: Socket): void {
    const address = socket.remoteAddress ?? '';
    const end = setTimeout(() => this.#turnAway(socket), this.#limits.lifeMaxMs).unref();
    this.#sockets.set(socket, { address, end });
    socket.once('close', () => this.#forget(socket));
    const neighbours = [...this.#sockets].filter(([, stranger]) => stranger.address === address);
    const [oldestNeighbour] = neighbours[0] ?? [];
    const [oldest] = this.#sockets.keys();
    if (neighbours.length > this.#limits.mostPerAddress && oldestNeighbour !== undefined) this.#turnAway(oldestNeighbour);
    else if (this.#sockets.size > this.#limits.most && oldest !== undefined) this.#turnAway(oldest);
  }

  /** Whose it is has been found out, on `secured`: the socket that TLS has put on top of one that was added. */
  becameKnown(secured: Socket): void {
    const ends = endsOf(secured);
    for (const socket of this.#sockets.keys()) if (endsOf(socket) === ends) this.#forget(socket);
  }

  #turnAway(socket: Socket): void {
    this.#forget(socket);
    socket.destroy();
  }

  #forget(socket: Socket): void {
    clearTimeout(this.#sockets.get(socket)?.end);
    this.#sockets.delete(socket);
  }
}

/** What no two open connections have in common. */
function endsOf({ localAddress, localPort, remoteAddress, remotePort }: Socket): string {
  return `${localAddress} ${localPort} ${remoteAddress} ${remotePort}`;
}
