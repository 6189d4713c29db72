import type { ServerResponse } from 'node:http';
import type { ErrorKind } from '@btsoot/shared/model/errors.js';
import { errorView } from '../sync-message.js';

/** What a request is answered with. `stay` keeps the connection for what it writes itself. */
export type Reply =
  | {
      readonly kind: 'json';
      readonly status: number;
      readonly value: unknown;
      readonly headers?: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'text'; readonly type: string; readonly text: string }
  | { readonly kind: 'file'; readonly type: string; readonly bytes: Buffer }
  | { readonly kind: 'stay'; readonly begin: (response: ServerResponse) => void };

export function json(value: unknown, status = 200): Reply {
  return { kind: 'json', status, value };
}

/** @param status null: as the error's kind says */
export function errorReply(error: unknown, status: number | null = null): Reply {
  const view = errorView(error);
  return json({ error: view }, status ?? STATUS[view.kind]);
}

const STATUS: Readonly<Record<ErrorKind, number>> = {
  invalid: 400,
  'not-found': 404,
  exists: 409,
  denied: 403,
  busy: 409,
  refused: 409,
  drift: 409,
  unstable: 409,
  corrupt: 502,
  'no-space': 507,
  io: 500,
  unreachable: 502,
  version: 502,
  cancelled: 409,
  internal: 500,
};

/** Nothing from elsewhere is loaded, nothing inline is run, nobody frames it, and no address of it is told to others. */
const ALWAYS: Readonly<Record<string, string>> = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), geolocation=(), microphone=()',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
};

export function send(response: ServerResponse, reply: Reply): void {
  for (const [name, value] of Object.entries(ALWAYS)) response.setHeader(name, value);
  response.setHeader('Cache-Control', reply.kind === 'file' ? 'no-cache' : 'no-store');
  switch (reply.kind) {
    case 'json':
      for (const [name, value] of Object.entries(reply.headers ?? {})) response.setHeader(name, value);
      end(response, reply.status, 'application/json', Buffer.from(JSON.stringify(reply.value)));
      break;
    case 'text':
      end(response, 200, reply.type, Buffer.from(reply.text));
      break;
    case 'file':
      end(response, 200, reply.type, reply.bytes);
      break;
    case 'stay':
      reply.begin(response);
      break;
    default:
      reply satisfies never;
  }
}

function end(response: ServerResponse, status: number, type: string, body: Buffer): void {
  response.writeHead(status, { 'Content-Type': type, 'Content-Length': body.length });
  response.end(body);
}
