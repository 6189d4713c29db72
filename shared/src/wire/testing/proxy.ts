import { createServer, connect as dial, type Server, type Socket } from 'node:net';

export interface Proxy {
  readonly port: number;
  /** Bytes that have come in from clients and from the server so far. */
  readonly upBytes: number;
  readonly downBytes: number;
  /** The most bytes on their way to the server that the proxy ever held. */
  readonly heldUpMaxBytes: number;
  /** Cuts all connections, as a pulled plug does. */
  cut(): void;
  /** Takes nothing more from the connections that are open, as a machine that is stopped. */
  stall(): void;
  close(): Promise<void>;
}

/** A TCP proxy that holds all it gets for `delayMs`, each way. It reads as fast as it can: what limits a sender is its peer's window. */
export function startProxy(target: number, delayMs: number): Promise<Proxy> {
  const sockets = new Set<Socket>();
  const counts = { upBytes: 0, downBytes: 0, heldUpMaxBytes: 0 };
  let heldUp = 0;
  const server: Server = createServer((client) => {
    const upstream = dial(target, '127.0.0.1');
    for (const socket of [client, upstream]) {
      socket.setNoDelay();
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => sockets.delete(socket));
    }
    relay(client, upstream, delayMs, (bytes) => {
      heldUp += bytes;
      if (bytes > 0) counts.upBytes += bytes;
      counts.heldUpMaxBytes = Math.max(counts.heldUpMaxBytes, heldUp);
    });
    relay(upstream, client, delayMs, (bytes) => {
      if (bytes > 0) counts.downBytes += bytes;
    });
  });
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      if (address === null || typeof address === 'string') throw new Error('no port');
      resolve({
        port: address.port,
        get upBytes() {
          return counts.upBytes;
        },
        get downBytes() {
          return counts.downBytes;
        },
        get heldUpMaxBytes() {
          return counts.heldUpMaxBytes;
        },
        cut,
        stall: () => {
          for (const socket of sockets) socket.pause();
        },
        close: () => {
          cut();
          return new Promise((closed) => server.close(() => closed()));
        },
      });
    });
  });
}

/** `count` hears of bytes that came in, and, as a negative number, of bytes that went on. */
function relay(from: Socket, to: Socket, delayMs: number, count: (bytes: number) => void): void {
  const later = (work: () => void) => (delayMs === 0 ? work() : setTimeout(work, delayMs));
  from.on('data', (bytes: Buffer) => {
    count(bytes.length);
    later(() => {
      count(-bytes.length);
      to.write(bytes);
    });
  });
  from.on('close', () => later(() => to.destroy()));
}
