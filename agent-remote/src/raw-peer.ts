import { type ClientHttp2Session, type ClientHttp2Stream, connect } from 'node:http2';
import { connect as dial } from 'node:net';
import { Duplex } from 'node:stream';
import type { TestContext } from 'node:test';

/** A peer that speaks HTTP/2 and keeps to no other rule: what it sends are bytes, and what comes it reads when told to. */
export interface RawPeer {
  readonly session: ClientHttp2Session;
  /** Begins a call of that method, and sends nothing yet. */
  call(method: string, headers?: Record<string, string>): ClientHttp2Stream;
  /** Reads nothing more of what comes. */
  stopReading(): void;
}

/** Connects to a serving agent's socket, until the test ends. */
export function rawPeer(t: TestContext, socketPath: string): Promise<RawPeer> {
  const socket = dial(socketPath);
  // Node's HTTP/2 would read a socket by itself, whether it is paused or not.
  const between = new Duplex({
    read: () => void socket.resume(),
    write: (bytes, _, done) => void socket.write(bytes, () => done()),
    destroy: (_, done) => {
      socket.destroy();
      done(null);
    },
  });
  let isReading = true;
  socket.on('data', (bytes) => {
    if (!between.push(bytes)) socket.pause();
  });
  socket.on('resume', () => {
    if (!isReading) socket.pause();
  });
  socket.on('error', () => undefined).on('close', () => between.destroy());
  const session = connect('http://localhost', {
    createConnection: () => between,
    // As much as HTTP/2 lets a reader promise.
    settings: { initialWindowSize: 2 ** 31 - 1 },
  });
  session.on('error', () => undefined);
  t.after(() => session.destroy());
  return new Promise((resolve, reject) => {
    session.once('error', reject);
    session.once('remoteSettings', () => {
      session.setLocalWindowSize(2 ** 31 - 1);
      resolve({
        session,
        call(method, headers = {}) {
          const fixed = { ':method': 'POST', ':path': `/btsoot.v1.Remote/${method}`, te: 'trailers' };
          const stream = session.request({ ...fixed, 'content-type': 'application/grpc', ...headers });
          stream.on('error', () => undefined);
          return stream;
        },
        stopReading() {
          isReading = false;
          socket.pause();
        },
      });
    });
  });
}

/** A message as gRPC frames it. `length` and `flag` may lie. */
export function framed(message: Uint8Array, { length = message.length, flag = 0 } = {}): Buffer {
  const head = Buffer.alloc(5);
  head[0] = flag;
  head.writeUInt32BE(length, 1);
  return Buffer.concat([head, message]);
}
