import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { BtsootError, errnoOf, fromSystemError } from '../model/errors.js';
import { limits } from '../model/limits.js';
import { formatLoopback, isAskedHere, type LoopbackAddress } from './loopback.js';
import { oneByOne } from './one-by-one.js';

/** Of Prometheus' text format. */
const CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

const NOT_HERE = 'This is told to who asks for 127.0.0.1, [::1] or localhost. A reverse proxy has to set the header Host so.\n';

export interface MetricsServer {
  close(): Promise<void>;
}

/**
 * Serves a page at `/metrics`, to this machine.
 * @throws BtsootError of kind `exists` where another process listens on the address.
 */
export async function serveMetrics(
  address: LoopbackAddress,
  render: () => Promise<string>,
  onError: (error: unknown) => void,
  requestMaxMs: number = limits.metricsRequestMaxMs,
): Promise<MetricsServer> {
  const server = createServer({
    maxHeaderSize: limits.metricsHeaderMaxBytes,
    requestTimeout: requestMaxMs,
    connectionsCheckingInterval: requestMaxMs,
  });
  server.maxConnections = limits.metricsConnectionsMax;
  const listener = oneByOne((request, response) => {
    answer(request, response, render).catch((error: unknown) => {
      onError(error);
      response.writeHead(500).end();
    });
  });
  server.on('request', listener);
  server.listen(address.port, address.host);
  try {
    await once(server, 'listening');
  } catch (error) {
    throw errnoOf(error) === 'EADDRINUSE'
      ? new BtsootError('exists', `another process listens on ${formatLoopback(address)}`, {
          hint: 'Choose another port, or stop that process.',
        })
      : fromSystemError(error, `listening on ${formatLoopback(address)}`);
  }
  return {
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function answer(request: IncomingMessage, response: ServerResponse, render: () => Promise<string>): Promise<void> {
  request.resume();
  if (!isAskedHere(request.headers.host)) response.writeHead(403, { 'content-type': 'text/plain' }).end(NOT_HERE);
  else if (request.url?.split('?', 1)[0] !== '/metrics') response.writeHead(404).end();
  else if (request.method !== 'GET' && request.method !== 'HEAD') response.writeHead(405, { allow: 'GET, HEAD' }).end();
  else {
    const page = await render();
    response.writeHead(200, { 'content-type': CONTENT_TYPE }).end(page);
  }
}
