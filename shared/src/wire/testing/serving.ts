import type { TestContext } from 'node:test';
import { RemoteClient } from '../client.js';
import { PROTOCOL } from '../protocol.js';
import type { Listen, RemoteHandlers, RunningServer, ServeOptions } from '../server.js';
import { serveRemote } from '../server.js';
import { makeTestRemote, type TestRemote } from './certificates.js';

/** A real server over loopback TLS, closed when the test ends. Handlers that a test does not give are not to be called. */
export async function serve(
  t: TestContext,
  handlers: Partial<RemoteHandlers>,
  options: ServeOptions = {},
  remote: TestRemote = makeTestRemote(),
): Promise<{ server: RunningServer; remote: TestRemote; connect: (port?: number) => RemoteClient }> {
  const { ca, server: identity } = remote;
  const listen: Listen = { kind: 'tls', host: '127.0.0.1', port: 0, ca, ...identity };
  const server = await serveRemote({ ...NOTHING, ...handlers }, listen, options);
  t.after(() => server.close(0));
  const connect = (port = server.port) => {
    const client = RemoteClient.connect({ kind: 'tls', host: '127.0.0.1', port, ca, ...remote.source });
    t.after(() => client.close());
    return client;
  };
  return { server, remote, connect };
}

function unexpected(): never {
  throw new Error('not expected in this test');
}

export const NOTHING: RemoteHandlers = {
  hello: unexpected,
  createBlock: unexpected,
  openSession: unexpected,
  listChildren: unexpected,
  apply: unexpected,
  queryContents: unexpected,
  readContents: unexpected,
  readSignatures: unexpected,
  listSessions: unexpected,
  listVersions: unexpected,
  verify: unexpected,
  measureLink: unexpected,
};

export const GREETING = {
  protocolMajor: PROTOCOL.major,
  protocolMinor: PROTOCOL.minor,
  remoteName: 'pi',
  version: '0.1.0',
} as const;

export async function collect<T>(source: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const one of source) all.push(one);
  return all;
}
