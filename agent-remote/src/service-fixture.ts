import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { TreePath } from '@btsoot/shared/model/bytes.js';
import { hashBytes } from '@btsoot/shared/model/digest.js';
import type { DriftPolicy } from '@btsoot/shared/model/drift.js';
import type { Content, Metadata } from '@btsoot/shared/model/entry.js';
import type { FileStep } from '@btsoot/shared/model/step.js';
import { RemoteClient } from '@btsoot/shared/wire/client.js';
import {
  type ApplyNews,
  type ApplyOrder,
  applyNewsFromWire,
  applyOrderToWire,
  openSessionToWire,
  type SessionNews,
  sessionNewsFromWire,
} from '@btsoot/shared/wire/convert.js';
import { RemoteProcess, temporaryFolder } from './fixture.js';

/** What the tests of a serving remote share: a process with a block, sessions on it, orders to it. */

export const folder = 'photos' as TreePath;
export const meta: Metadata = {
  mode: 0o644,
  uid: process.getuid?.() ?? 0,
  gid: process.getgid?.() ?? 0,
  mtimeUs: 1_700_000_000_123_456,
  xattrs: '',
};
export const folderMeta: Metadata = { ...meta, mode: 0o755 };

export const path = (text: string): TreePath => text as TreePath;
export const contentOf = (bytes: Buffer): Content => ({ hash: hashBytes(bytes), sizeBytes: bytes.length });

export interface Remote {
  readonly root: string;
  readonly client: RemoteClient;
  readonly process: RemoteProcess;
  readonly socketPath: string;
}

/** A served root with the block `photos`. */
export async function serveRoot(t: TestContext, root = temporaryFolder(t)): Promise<Remote> {
  const socket = join(temporaryFolder(t), 'agent.sock');
  const process = new RemoteProcess(t, ['serve', '--embedded', '--root', root, '--socket', socket]);
  await process.stdoutLine(/^ready$/);
  const client = RemoteClient.connect({ kind: 'unix', path: socket });
  t.after(() => client.close());
  await client.createBlock(folder);
  return { root, client, process, socketPath: socket };
}

type Opened = Extract<SessionNews, { kind: 'opened' }>;

export interface HeldSession extends Opened {
  /** Resolves when the remote has ended the stream, with its reason. */
  readonly over: Promise<unknown>;
  leave(): Promise<void>;
}

export async function openSession(client: RemoteClient, drift: DriftPolicy = 'quick'): Promise<HeldSession> {
  const stop = new AbortController();
  const stream = client.openSession(openSessionToWire({ folder, drift }), stop.signal);
  for (;;) {
    const event = await stream.next();
    if (event.done === true) throw new Error('the session ended before it was open');
    const news = sessionNewsFromWire(event.value);
    if (news.kind === 'checking') continue;
    const over = stream.next().then(
      () => null,
      (error: unknown) => error,
    );
    const leave = async (): Promise<void> => {
      stop.abort();
      await over;
    };
    return { ...news, over, leave };
  }
}

/** Waits for the lease that another session is giving back. */
export async function openNextSession(client: RemoteClient, drift: DriftPolicy = 'quick'): Promise<HeldSession> {
  for (;;) {
    try {
      return await openSession(client, drift);
    } catch (error) {
      if ((error as { kind?: string }).kind !== 'busy') throw error;
    }
  }
}

export async function apply(
  client: RemoteClient,
  orders: Iterable<ApplyOrder> | AsyncIterable<ApplyOrder>,
): Promise<ApplyNews[]> {
  async function* requests() {
    for await (const order of orders) yield applyOrderToWire(order);
  }
  const news: ApplyNews[] = [];
  for await (const reply of client.apply(requests())) news.push(applyNewsFromWire(reply));
  return news;
}

export function put(name: string, bytes: Buffer, replaces: Content | null = null): FileStep {
  const expectation = replaces === null ? null : ({ kind: 'file', content: replaces } as const);
  return { kind: 'put', path: path(name), meta, content: contentOf(bytes), replaces: expectation };
}
