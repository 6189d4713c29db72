import type { Http2SecureServer, Http2Server, ServerHttp2Session } from 'node:http2';
import type { Server, ServerCredentials } from '@grpc/grpc-js';
import { BtsootError } from '../model/errors.js';

/**
 * What grpc-js 1.14's server does not offer: a larger receive window (grpc-node#3058), and a hand on its listeners.
 * Without the window, an upload has at most 64 KiB in flight and crawls on any link with a delay. This reaches into
 * grpc-js, and checks what it finds, so that another version fails at start and not by being slow.
 */
export type Listener = Http2Server | Http2SecureServer;

interface Internals {
  commonServerOptions: { settings?: object };
  createHttp2Server(credentials: ServerCredentials): Listener;
}

/** Must be called before the server is bound. Returns a check to be called when it is. */
export function openWindow(server: Server, windowBytes: number, onListener: (listener: Listener) => void): () => void {
  const internals = server as unknown as Internals;
  if (typeof internals.createHttp2Server !== 'function' || typeof internals.commonServerOptions !== 'object') throw unknownGrpc();
  internals.commonServerOptions.settings = { ...internals.commonServerOptions.settings, initialWindowSize: windowBytes };
  const create = internals.createHttp2Server.bind(server);
  let listeners = 0;
  internals.createHttp2Server = (credentials) => {
    const listener = create(credentials);
    if (typeof listener?.on !== 'function') throw unknownGrpc();
    listener.on('session', (session: ServerHttp2Session) => session.setLocalWindowSize(windowBytes));
    onListener(listener);
    listeners++;
    return listener;
  };
  return () => {
    if (listeners === 0) throw unknownGrpc();
  };
}

function unknownGrpc(): BtsootError {
  return new BtsootError(
    'internal',
    'this version of @grpc/grpc-js makes its HTTP/2 servers in a way that BTSOOT does not know',
    {
      hint: 'Install the version of @grpc/grpc-js that package-lock.json names.',
    },
  );
}
