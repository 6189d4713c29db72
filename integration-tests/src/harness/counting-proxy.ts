import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { DelayLine, type Lane, type LinePace } from './delay-line.js';
import type { Trunk } from './trunk.js';

export interface Traffic {
  /** From the one who connected to the one who listens. */
  readonly upBytes: number;
  readonly downBytes: number;
}

export interface ProxyOptions {
  /** Each direction is late by this much, so a round trip takes twice as long. Default: not at all. */
  readonly delayMs?: number;
  /** Of each direction. Default: as fast as it goes. */
  readonly bytesPerSecond?: number;
  /** What it shares with other proxies; then its pace is that one's. Default: nothing. */
  readonly trunk?: Trunk;
}

/**
 * A TCP proxy on 127.0.0.1 that counts the payload bytes both ways, connection set-up of TLS included (TCP's own
 * headers are not). It can make the link long, hold it still, and cut it.
 */
export class CountingProxy {
  readonly port: number;
  readonly #server: Server;
  readonly #lines = new Set<DelayLine>();
  readonly #sockets = new Set<Socket>();
  readonly #waiting = new Set<{ totalBytes: number; tell: () => void }>();
  readonly #targetPort: number;
  readonly #pace: LinePace;
  readonly #trunk: Trunk | undefined;
  #up = 0;
  #down = 0;
  #held = false;
  #severed = false;
  #cutAtBytes = Number.POSITIVE_INFINITY;

  static async listen(targetPort: number, options: ProxyOptions = {}): Promise<CountingProxy> {
    const server = createServer({ allowHalfOpen: true });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { trunk, ...own } = options;
    const pace = trunk ?? { delayMs: 0, bytesPerSecond: Number.POSITIVE_INFINITY, ...own };
    return new CountingProxy(server, targetPort, pace, trunk);
  }

  private constructor(server: Server, targetPort: number, pace: LinePace, trunk: Trunk | undefined) {
    this.port = (server.address() as AddressInfo).port;
    this.#server = server;
    this.#targetPort = targetPort;
    this.#pace = pace;
    this.#trunk = trunk;
    server.on('connection', (socket) => this.#join(socket));
  }

  /** What has crossed since the start or the last `reset`. */
  traffic(): Traffic {
    return { upBytes: this.#up, downBytes: this.#down };
  }

  totalBytes(): number {
    return this.#up + this.#down;
  }

  reset(): void {
    this.#up = 0;
    this.#down = 0;
  }

  /** Resolves when this many bytes have crossed since the last `reset`. */
  reached(totalBytes: number): Promise<void> {
    if (this.totalBytes() >= totalBytes) return Promise.resolve();
    return new Promise((tell) => this.#waiting.add({ totalBytes, tell }));
  }

  /** Whoever waits in `reached` waits no more. */
  tellAll(): void {
    for (const { tell } of this.#waiting) tell();
    this.#waiting.clear();
  }

  /** Keeps the connections open, but lets nothing through until `release`. */
  hold(): void {
    this.#held = true;
    for (const line of this.#lines) line.hold();
  }

  release(): void {
    this.#held = false;
    for (const line of this.#lines) line.release();
  }

  /** Breaks every connection, as a pulled cable does once somebody notices. New ones are accepted. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  /** As `cut`, and breaks each new connection at once, until `mend`. */
  sever(): void {
    this.#severed = true;
    this.cut();
  }

  mend(): void {
    this.#severed = false;
  }

  /** As `cut`, when exactly so many bytes have crossed since the last `reset`. */
  cutAt(totalBytes: number): void {
    this.#cutAtBytes = totalBytes;
  }

  async close(): Promise<void> {
    this.cut();
    if (!this.#server.listening) return;
    this.#server.close();
    await once(this.#server, 'close');
  }

  #join(near: Socket): void {
    if (this.#severed) {
      near.destroy();
      return;
    }
    const far = connect({ host: '127.0.0.1', port: this.#targetPort, allowHalfOpen: true });
    const lane = (shared: Lane | undefined): Lane => shared ?? { freeAtMs: 0 };
    this.#connectLine(near, far, lane(this.#trunk?.up), (bytes) => {
      this.#up += bytes;
    });
    this.#connectLine(far, near, lane(this.#trunk?.down), (bytes) => {
      this.#down += bytes;
    });
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      socket.setNoDelay(true);
      this.#sockets.add(socket);
      // An error is always followed by 'close', which says all that the other side needs to know.
      socket.on('error', () => {});
      socket.on('close', () => {
        this.#sockets.delete(socket);
        // After an orderly end, what is still under way arrives, the end itself last.
        if (!socket.readableEnded) other.destroy();
      });
    }
  }

  #connectLine(from: Socket, to: Socket, lane: Lane, count: (bytes: number) => void): void {
    const admitted = (bytes: number): number => Math.max(0, Math.min(bytes, this.#cutAtBytes - this.totalBytes()));
    const line = new DelayLine(from, to, this.#pace, lane, admitted, (bytes) => {
      count(bytes);
      this.#tellWaiting();
      if (this.totalBytes() >= this.#cutAtBytes) this.#cutNow();
    });
    if (this.#held) line.hold();
    this.#lines.add(line);
    to.on('close', () => this.#lines.delete(line));
  }

  #cutNow(): void {
    this.#cutAtBytes = Number.POSITIVE_INFINITY;
    this.cut();
  }

  #tellWaiting(): void {
    for (const waiting of this.#waiting) {
      if (this.totalBytes() < waiting.totalBytes) continue;
      this.#waiting.delete(waiting);
      waiting.tell();
    }
  }
}
