import type { Socket } from 'node:net';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { BtsootError, fromSystemError } from '../model/errors.js';
import { limits } from '../model/limits.js';
import { Calls } from './calls.js';
import { destroyOnceDead } from './dead-socket.js';
import { type Door, guestDoor, pairingDoor, privateDoor } from './door.js';
import type { ControlHandlers as WireControlHandlers } from './gen/btsoot/v1/Control.js';
import type { PairingHandlers as WirePairingHandlers } from './gen/btsoot/v1/Pairing.js';
import type { RemoteHandlers as WireRemoteHandlers } from './gen/btsoot/v1/Remote.js';
import { Health } from './health.js';
import { PAIRING_SERVER_OPTIONS, SERVER_OPTIONS, silenceGrpc } from './options.js';
import { controlPackage, remotePackage } from './proto.js';
import type {
  ControlHandlers,
  Listen,
  PairingHandler,
  PairingListen,
  RemoteHandlers,
  RunningServer,
  ServeOptions,
} from './service.js';
import { claimSocket, closeToOthers } from './socket-file.js';
import { serverTls } from './tls.js';
import { openWindow } from './window.js';

export type * from './service.js';

/**
 * Serves a remote agent.
 * @throws BtsootError when the address cannot be taken: `exists` when a living process has it.
 */
export async function serveRemote(handlers: RemoteHandlers, listen: Listen, options: ServeOptions = {}): Promise<RunningServer> {
  const calls = new Calls(options);
  const server = new Server(SERVER_OPTIONS);
  const implementation: WireRemoteHandlers = {
    Hello: calls.unary('Hello', (request, context) => handlers.hello(request, context)),
    CreateBlock: calls.unary('CreateBlock', (request, context) => handlers.createBlock(request, context)),
    OpenSession: calls.serverStream('OpenSession', (request, context) => handlers.openSession(request, context)),
    ListChildren: calls.bidi('ListChildren', (requests, context) => handlers.listChildren(requests, context)),
    Apply: calls.bidi('Apply', (requests, context) => handlers.apply(requests, context)),
    QueryContents: calls.unary('QueryContents', (request, context) => handlers.queryContents(request, context)),
    ReadContents: calls.bidi('ReadContents', (requests, context) => handlers.readContents(requests, context)),
    ReadSignatures: calls.bidi('ReadSignatures', (requests, context) => handlers.readSignatures(requests, context)),
    ListSessions: calls.unary('ListSessions', (request, context) => handlers.listSessions(request, context)),
    ListVersions: calls.serverStream('ListVersions', (request, context) => handlers.listVersions(request, context)),
    Verify: calls.serverStream('Verify', (request, context) => handlers.verify(request, context)),
    MeasureLink: calls.bidi('MeasureLink', (requests, context) => handlers.measureLink(requests, context)),
  };
  server.addService(remotePackage().Remote.service, implementation);
  const health = new Health('btsoot.v1.Remote', options);
  health.addTo(server, calls);
  if (listen.kind === 'unix') return tellingHealth(health, await listenOnSocket(server, calls, listen.path));
  const tls = serverTls(listen);
  const door = guestDoor(options.admit ?? (() => true));
  return tellingHealth(health, await listenOnPort(server, calls, { ...listen, tls }, door));
}

/** Serves a source agent's control socket. @throws BtsootError of kind `exists` when a living agent holds the socket. */
export async function serveControl(
  handlers: ControlHandlers,
  socketPath: string,
  options: ServeOptions = {},
): Promise<RunningServer> {
  const calls = new Calls(options);
  const server = new Server(SERVER_OPTIONS);
  const implementation: WireControlHandlers = {
    Ping: calls.unary('Ping', (request, context) => handlers.ping(request, context)),
    Sync: calls.serverStream('Sync', (request, context) => handlers.sync(request, context)),
    AgentStatus: calls.unary('AgentStatus', (request, context) => handlers.agentStatus(request, context)),
    Pause: calls.unary('Pause', (request, context) => handlers.pause(request, context)),
    Resume: calls.unary('Resume', (request, context) => handlers.resume(request, context)),
  };
  server.addService(controlPackage().Control.service, implementation);
  const health = new Health('btsoot.v1.Control', options);
  health.addTo(server, calls);
  return tellingHealth(health, await listenOnSocket(server, calls, socketPath));
}

/** Who watches a server's health does not hold up its end. */
function tellingHealth(health: Health, running: RunningServer): RunningServer {
  return {
    ...running,
    close(graceMs, handlersEndMs) {
      health.stop();
      return running.close(graceMs, handlersEndMs);
    },
  };
}

/** Serves pairing on its own port. Whoever starts it also closes it: when the code expires, or its tries are used up. */
export async function servePairing(
  handler: PairingHandler,
  listen: PairingListen,
  options: ServeOptions = {},
): Promise<RunningServer> {
  const calls = new Calls(options);
  const server = new Server(PAIRING_SERVER_OPTIONS);
  const implementation: WirePairingHandlers = { Pair: calls.unary('Pair', handler) };
  server.addService(remotePackage().Pairing.service, implementation);
  const tls = serverTls({ ...listen, ca: null });
  return listenOnPort(server, calls, { ...listen, tls }, pairingDoor());
}

async function listenOnSocket(server: Server, calls: Calls, path: string): Promise<RunningServer> {
  await claimSocket(path);
  const target = { target: `unix:${path}`, credentials: ServerCredentials.createInsecure(), name: path };
  const running = await start(server, calls, target, privateDoor());
  closeToOthers(path);
  return { ...running, port: 0 };
}

interface PortAddress {
  readonly host: string;
  readonly port: number;
  readonly tls: ServerCredentials;
}

function listenOnPort(server: Server, calls: Calls, { host, port, tls }: PortAddress, door: Door): Promise<RunningServer> {
  const address = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  return start(server, calls, { target: address, credentials: tls, name: address }, door);
}

interface Target {
  /** As grpc-js takes it. */
  readonly target: string;
  readonly credentials: ServerCredentials;
  /** For messages. */
  readonly name: string;
}

async function start(server: Server, calls: Calls, { target, credentials, name }: Target, door: Door): Promise<RunningServer> {
  silenceGrpc();
  const sockets = new Set<Socket>();
  const checkWindow = openWindow(server, door.windowBytes, (listener) => {
    door.prepare(listener);
    listener.on('connection', (socket: Socket) => {
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
      destroyOnceDead(socket);
    });
  });
  const port = await bind(server, target, credentials, name);
  checkWindow();
  return {
    port,
    async close(graceMs, handlersEndMs = limits.handlersEndMaxMs) {
      await close(server, sockets, graceMs);
      await calls.settled(handlersEndMs);
    },
  };
}

function bind(server: Server, target: string, credentials: ServerCredentials, address: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync(target, credentials, (error, port) => {
      if (error === null) resolve(port);
      else if (error.message.includes('EADDRINUSE'))
        reject(
          new BtsootError('exists', `another process listens on ${address}`, {
            hint: 'Stop that one, or choose another port: `btsoot-remote init --listen HOST:PORT`, or `btsoot-remote pair --port N`.',
          }),
        );
      else reject(fromSystemError(error, `listening on ${address}`));
    });
  });
}

async function close(server: Server, sockets: ReadonlySet<Socket>, graceMs: number): Promise<void> {
  const force = setTimeout(() => {
    server.forceShutdown();
    // A connection that has not got through its handshake is unknown to grpc-js.
    for (const socket of sockets) socket.destroy();
  }, graceMs);
  await new Promise<void>((resolve) => server.tryShutdown(() => resolve()));
  clearTimeout(force);
}
