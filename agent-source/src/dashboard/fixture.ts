import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { type IncomingMessage, type OutgoingHttpHeaders, request } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { runAgent } from '../agent/agent.js';
import { temporaryPaths } from '../fixtures.js';
import type { Logger } from '../log.js';
import type { Paths } from '../paths.js';
import type { SyncBlock } from '../sync-types.js';
import { readToken } from './token.js';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
  readonly value: unknown;
}

export interface Served {
  readonly paths: Paths;
  readonly port: number;
  readonly token: string;
  /** Lines of the agent's log. */
  readonly lines: readonly string[];
  /** Asks as a program does: no more headers than are given. */
  ask(method: string, target: string, headers?: OutgoingHttpHeaders, body?: string): Promise<Answer>;
  /** Asks as the page does. */
  post(target: string, value?: object, headers?: OutgoingHttpHeaders): Promise<Answer>;
  stop(): Promise<void>;
}

/** A running agent with a dashboard and the block `photos`, in this process. @param host what it is bound to */
export async function servedAgent(
  t: TestContext,
  syncBlock: SyncBlock,
  host = '127.0.0.1',
  paths = temporaryPaths(),
): Promise<Served> {
  const port = await freePort();
  const source = path.join(paths.stateDirectory, '..', 'source');
  mkdirSync(paths.configDirectory, { recursive: true });
  const block = `[blocks.photos]\nsource = "${source}"\ntarget = "${source}-copy"\nsource_identity = "uuid:1"\n`;
  writeFileSync(paths.configFile, `${block}\n[agent]\ndashboard = "${host}:${port}"\n`);
  const lines: string[] = [];
  const log: Logger = { log: (...line) => void lines.push(JSON.stringify(line)), close: async () => undefined };
  const controller = new AbortController();
  let ended: Promise<void> = Promise.resolve();
  await new Promise<void>((onReady, reject) => {
    ended = runAgent({ paths, log, syncBlock, signal: controller.signal, onReady });
    ended.catch(reject);
  });
  const stop = async (): Promise<void> => {
    controller.abort();
    await ended;
  };
  t.after(stop);
  const ask: Served['ask'] = (method, target, headers = {}, body = '') => answerOf(port, method, target, headers, body);
  const post: Served['post'] = (target, value = {}, headers = {}) => {
    const own = { Origin: `http://127.0.0.1:${port}`, 'Content-Type': 'application/json' };
    return ask('POST', target, { ...own, ...headers }, JSON.stringify(value));
  };
  return { paths, port, token: readToken(paths.dashboardToken) ?? '', lines, ask, post, stop };
}

/** The target goes out as it is, dots and all. */
async function answerOf(
  port: number,
  method: string,
  target: string,
  headers: OutgoingHttpHeaders,
  body: string,
): Promise<Answer> {
  const length = body === '' ? {} : { 'Content-Length': Buffer.byteLength(body) };
  const asking = request({ host: '127.0.0.1', port, method, path: target, headers: { ...length, ...headers }, agent: false });
  asking.end(body);
  const [answer] = (await once(asking, 'response')) as [IncomingMessage];
  let text = '';
  for await (const part of answer) text += part;
  const isJson = answer.headers['content-type'] === 'application/json' && text !== '';
  return { status: answer.statusCode ?? 0, headers: answer.headers, text, value: isJson ? JSON.parse(text) : {} };
}

export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
