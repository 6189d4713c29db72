import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { oneByOne } from '@btsoot/shared/metrics/one-by-one.js';
import { fromSystemError } from '@btsoot/shared/model/errors.js';
import { limits } from '@btsoot/shared/model/limits.js';
import { type Address, formatAddress } from '../address.js';
import type { Access } from './access.js';
import { Connections } from './connections.js';
import { type Door, hostRefusal, type Refusal, refusalOf } from './guards.js';
import { errorReply, json, type Reply, send } from './reply.js';
import { type Route, routesOf } from './routes.js';
import type { StaticFile } from './static-files.js';
import type { Workshop } from './workshop.js';

export interface ServerOptions {
  readonly address: Address;
  readonly door: Door;
  readonly access: Access;
  readonly workshop: Workshop;
  readonly files: ReadonlyMap<string, StaticFile>;
  /** Of something that should not happen. */
  readonly onError: (error: unknown) => void;
}

/** Answers until it is closed. @throws BtsootError where the address cannot be had. */
export async function serveDashboard(options: ServerOptions): Promise<{ close(): Promise<void> }> {
  const { address } = options;
  const connections = new Connections();
  const server = createServer(
    {
      maxHeaderSize: limits.dashboardHeadMaxBytes,
      headersTimeout: limits.dashboardRequestMaxMs,
      requestTimeout: limits.dashboardRequestMaxMs,
      connectionsCheckingInterval: limits.dashboardLookEveryMs,
    },
    oneByOne((request, response) => {
      connections.answering(request, response);
      void respond(options, request, response);
    }),
  );
  server.on('connection', (socket) => connections.admit(socket));
  await listening(server, address);
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function respond(options: ServerOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  let reply: Reply;
  try {
    reply = await replyTo(options, request);
  } catch (error) {
    reply = errorReply(error);
    if (reply.kind === 'json' && reply.status === 500) options.onError(error);
  }
  if (response.destroyed) return;
  // A body that nobody has read to its end would be taken for the next request.
  if (!request.complete) response.setHeader('Connection', 'close');
  // Who does not take his answer is not waited for; a stream of events looks after itself.
  if (reply.kind !== 'stay') response.setTimeout(limits.dashboardRequestMaxMs);
  send(response, reply);
}

async function replyTo(options: ServerOptions, request: IncomingMessage): Promise<Reply> {
  const { door, access, workshop, files } = options;
  const { headers, method = '' } = request;
  const stranger = hostRefusal({ host: headers.host }, door);
  if (stranger !== null) return refused(stranger);
  // What is joined to a base can only be a path: `..` goes no higher than its root.
  const url = new URL(`http://dashboard${request.url?.startsWith('/') === true ? request.url : '/'}`);
  const file = files.get(url.pathname);
  const found = file === undefined ? routesOf(url.pathname) : [{ route: pageRoute(file), block: '' }];
  const meant = found.find(({ route }) => route.method === method) ?? found[0];
  if (meant === undefined) return json({ error: { kind: 'not-found', message: 'There is nothing here.', hint: null } }, 404);
  const isKnown = await access.isKnown(request);
  const site = headers['sec-fetch-site'];
  const asked = {
    ...{ method, host: headers.host, origin: headers.origin, contentType: headers['content-type'], isKnown },
    site: typeof site === 'string' ? site : undefined,
  };
  const refusal = refusalOf(asked, meant.route, door);
  if (refusal !== null) return refused(refusal);
  return await meant.route.answer(workshop, { request, block: meant.block, query: url.searchParams, isKnown });
}

function pageRoute({ type, bytes }: StaticFile): Route {
  return { method: 'GET', path: '', isPage: true, isOpen: true, answer: () => ({ kind: 'file', type, bytes }) };
}

function refused({ status, message }: Refusal): Reply {
  return json({ error: { kind: 'denied', message, hint: null } }, status);
}

function listening(server: Server, address: Address): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(fromSystemError(error, `serving the dashboard on ${formatAddress(address)}`)));
    server.listen({ host: address.host, port: address.port }, () => resolve());
  });
}
