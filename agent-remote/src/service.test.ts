import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Name, TreePath } from '@btsoot/shared/model/bytes.js';
import { hashBytes } from '@btsoot/shared/model/digest.js';
import type { Content, Metadata } from '@btsoot/shared/model/entry.js';
import { limits } from '@btsoot/shared/model/limits.js';
import { inTree, type Step } from '@btsoot/shared/model/step.js';
import { RemoteClient } from '@btsoot/shared/wire/client.js';
import {
  type ApplyNews,
  type ApplyOrder,
  applyNewsFromWire,
  applyOrderToWire,
  childrenFromWire,
  childrenQuestionToWire,
  contentsQueryToWire,
  openSessionToWire,
  readNewsFromWire,
  readWishToWire,
  type SessionNews,
  sessionNewsFromWire,
  sessionsFromWire,
} from '@btsoot/shared/wire/convert.js';
import { failsAs, RemoteProcess, temporaryFolder } from './fixture.js';

const folder = 'photos' as TreePath;
const meta: Metadata = {
  mode: 0o644,
  uid: process.getuid?.() ?? 0,
  gid: process.getgid?.() ?? 0,
  mtimeUs: 1_700_000_000_123_456,
};
const folderMeta: Metadata = { ...meta, mode: 0o755 };

const path = (text: string): TreePath => text as TreePath;
const contentOf = (bytes: Buffer): Content => ({ hash: hashBytes(bytes), sizeBytes: bytes.length });

interface Remote {
  readonly root: string;
  readonly client: RemoteClient;
  readonly process: RemoteProcess;
}

/** A served root with the block `photos`. */
async function serveRoot(t: TestContext, root = temporaryFolder(t)): Promise<Remote> {
  const socket = join(temporaryFolder(t), 'agent.sock');
  const process = new RemoteProcess(t, ['serve', '--embedded', '--root', root, '--socket', socket]);
  await process.stdoutLine(/^ready$/);
  const client = RemoteClient.connect({ kind: 'unix', path: socket });
  t.after(() => client.close());
  await client.createBlock(folder);
  return { root, client, process };
}

type Opened = Extract<SessionNews, { kind: 'opened' }>;

interface HeldSession extends Opened {
  /** Resolves when the remote has ended the stream, with its reason. */
  readonly over: Promise<unknown>;
  leave(): Promise<void>;
}

async function openSession(client: RemoteClient, drift: 'quick' | 'trust' = 'quick'): Promise<HeldSession> {
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
async function openNextSession(client: RemoteClient, drift: 'quick' | 'trust' = 'quick'): Promise<HeldSession> {
  for (;;) {
    try {
      return await openSession(client, drift);
    } catch (error) {
      if ((error as { kind?: string }).kind !== 'busy') throw error;
    }
  }
}

async function apply(client: RemoteClient, orders: Iterable<ApplyOrder> | AsyncIterable<ApplyOrder>): Promise<ApplyNews[]> {
  async function* requests() {
    for await (const order of orders) yield applyOrderToWire(order);
  }
  const news: ApplyNews[] = [];
  for await (const reply of client.apply(requests())) news.push(applyNewsFromWire(reply));
  return news;
}

function put(name: string, bytes: Buffer, replaces: Content | null = null): Step {
  const expectation = replaces === null ? null : ({ kind: 'file', content: replaces } as const);
  return { kind: 'put', path: path(name), meta, content: contentOf(bytes), replaces: expectation };
}

const small = Buffer.from('a small file');
const large = Buffer.alloc(700_000, 'large ');

function fill(session: string): ApplyOrder[] {
  const frames: ApplyOrder[] = [];
  for (let at = 0; at < large.length; at += limits.frameSizeMaxBytes)
    frames.push({ kind: 'data', bytes: large.subarray(at, at + limits.frameSizeMaxBytes) });
  const steps = [
    { step: { kind: 'make-directory', path: path('d'), meta: folderMeta } as const, inline: null },
    { step: put('d/small', small), inline: small },
    { step: put('large', large), inline: null },
  ];
  return [{ kind: 'begin', session }, { kind: 'steps', steps }, ...frames, { kind: 'finish' }];
}

async function listNames(client: RemoteClient, session: string, directoryId: number, asOfSession = 0): Promise<string[]> {
  const names: Name[] = [];
  const question = childrenQuestionToWire({ session, directoryIds: [directoryId], asOfSession });
  for await (const page of client.listChildren([question]))
    names.push(...childrenFromWire(page).children.map(({ name }) => name));
  return names;
}

async function readAll(client: RemoteClient, session: string, ...contents: Content[]): Promise<string> {
  const parts: string[] = [];
  const wishes = contents.map((content) => readWishToWire({ session, content }));
  for await (const reply of client.readContents(wishes)) {
    const news = readNewsFromWire(reply);
    parts.push(news.kind === 'data' ? news.bytes.toString('latin1') : `(missing: ${news.message})`);
  }
  return parts.join('');
}

test('a session fills a block, and reads back what it holds', async (t) => {
  const { root, client } = await serveRoot(t);
  const session = await openSession(client);
  assert.equal(session.lastSession, 0);
  const news = await apply(client, fill(session.session));
  const last = news.at(-1);
  assert.ok(last?.kind === 'finished');
  assert.equal(last.sessionNumber, 1);
  assert.deepEqual(news.at(-2), { kind: 'committed', steps: 3, failures: [] });
  assert.deepEqual(readFileSync(join(root, 'photos', 'large')), large);
  assert.deepEqual(await listNames(client, session.session, session.root.id), ['d', 'large']);
  const unknown = contentOf(Buffer.from('unknown'));
  const { held } = await client.queryContents(contentsQueryToWire(session.session, [contentOf(large), unknown]));
  assert.deepEqual(held, [true, false]);
  assert.equal(await readAll(client, session.session, contentOf(small), contentOf(large)), `${small}${large}`);
  assert.match(await readAll(client, session.session, unknown), /missing: no file of the block holds/);
  await session.leave();

  const next = await openNextSession(client);
  assert.equal(next.stateDigest, last.stateDigest);
  assert.equal(next.drifted, 0);
  assert.equal(next.lastSession, 1);
});

test('what a session removes stays in history, and can be listed and read as of before', async (t) => {
  const { root, client } = await serveRoot(t);
  const session = await openSession(client);
  await apply(client, fill(session.session));
  const expect = { kind: 'directory', content: null } as const;
  const steps = [{ step: { kind: 'remove', at: inTree(path('d')), expect } as const, inline: null }];
  const news = await apply(client, [{ kind: 'begin', session: session.session }, { kind: 'steps', steps }, { kind: 'finish' }]);
  assert.equal(news.at(-1)?.kind, 'finished');
  assert.deepEqual(readdirSync(join(root, 'photos')), ['large']);
  assert.deepEqual(await listNames(client, session.session, session.root.id, 1), ['d', 'large']);
  assert.deepEqual(await listNames(client, session.session, session.root.id), ['large']);
  assert.equal(await readAll(client, session.session, contentOf(small)), small.toString());
  const sessions = sessionsFromWire(await client.listSessions(Buffer.from(session.session, 'hex')));
  assert.deepEqual(
    sessions.map(({ number, sourceName }) => [number, sourceName]),
    [
      [2, 'local'],
      [1, 'local'],
    ],
  );
  await assert.rejects(listNames(client, session.session, session.root.id, 9), failsAs('not-found'));
});

test('a block has one session at a time, and its lease ends with the stream', async (t) => {
  const { client } = await serveRoot(t);
  const session = await openSession(client);
  await assert.rejects(openSession(client), failsAs('busy', /"photos" is in use by the source "local"/));
  await session.leave();
  await openNextSession(client);
  await assert.rejects(listNames(client, session.session, 1), failsAs('not-found'));
});

test('a hand edit on the remote is found, and its bytes are not given out for others', async (t) => {
  const { root, client } = await serveRoot(t);
  const session = await openSession(client);
  await apply(client, fill(session.session));
  writeFileSync(join(root, 'photos', 'd', 'small'), 'another one!');
  assert.match(await readAll(client, session.session, contentOf(small)), /missing: .*not the file that the manifest knows/);
  await session.leave();
  const next = await openNextSession(client);
  assert.equal(next.drifted, 1);
  assert.notEqual(next.stateDigest, session.stateDigest);
});

test('a manifest is trusted only when it was checked once', async (t) => {
  const root = join(temporaryFolder(t), 'Größe "1"');
  mkdirSync(join(root, 'photos'), { recursive: true });
  writeFileSync(join(root, 'photos', 'here before'), small);
  const { client } = await serveRoot(t, root);
  const session = await openSession(client, 'trust');
  assert.deepEqual(await listNames(client, session.session, session.root.id), ['here before']);
  await session.leave();
  writeFileSync(join(root, 'photos', 'behind its back'), small);
  const next = await openNextSession(client, 'trust');
  assert.deepEqual(await listNames(client, next.session, next.root.id), ['here before']);
});

test('orders out of order end the stream, and what was whole stays', async (t) => {
  const { root, client } = await serveRoot(t);
  const session = await openSession(client);
  const begin = { kind: 'begin', session: session.session } as const;
  const one = { kind: 'steps', steps: [{ step: put('one', small), inline: small }] } as const;
  const open = { kind: 'steps', steps: [{ step: put('large', large), inline: null }] } as const;
  const data = { kind: 'data', bytes: small } as const;
  const tooMuch: ApplyOrder[] = [];
  for (let bytes = 0; bytes <= large.length; bytes += limits.frameSizeMaxBytes)
    tooMuch.push({ kind: 'data', bytes: Buffer.alloc(limits.frameSizeMaxBytes) });
  const faulty: ApplyOrder[][] = [
    [one],
    [begin, begin],
    [begin, data],
    [begin, { kind: 'withdraw', message: '' }],
    [begin, open, one],
    [begin, open, { kind: 'finish' }],
    [begin, open, ...tooMuch],
    [begin, one],
  ];
  for (const orders of faulty) await assert.rejects(apply(client, orders), failsAs('invalid'), JSON.stringify(orders[1]));
  assert.deepEqual(readdirSync(join(root, 'photos')), ['one']);
  assert.deepEqual(readdirSync(join(root, '.btsoot', 'blocks', 'photos', 'staging')), []);
  const news = await apply(client, fill(session.session));
  assert.equal(news.at(-1)?.kind, 'finished');
});

test('steps are acknowledged when nothing more comes for a while', async (t) => {
  const { client } = await serveRoot(t);
  const session = await openSession(client);
  let acknowledged = (): void => undefined;
  const acknowledgement = new Promise<void>((resolve) => {
    acknowledged = resolve;
  });
  async function* orders() {
    yield applyOrderToWire({ kind: 'begin', session: session.session });
    yield applyOrderToWire({ kind: 'steps', steps: [{ step: put('one', small), inline: small }] });
    await acknowledgement;
    yield applyOrderToWire({ kind: 'finish' });
  }
  const kinds: string[] = [];
  for await (const reply of client.apply(orders())) {
    const news = applyNewsFromWire(reply);
    kinds.push(news.kind);
    acknowledged();
  }
  assert.deepEqual(kinds, ['committed', 'finished']);
});

test('a remote that stops commits what is whole, and says that it may be tried again', async (t) => {
  const { root, client, process } = await serveRoot(t);
  const session = await openSession(client);
  async function* orders() {
    yield applyOrderToWire({ kind: 'begin', session: session.session });
    yield applyOrderToWire({
      kind: 'steps',
      steps: [
        { step: put('one', small), inline: small },
        { step: put('large', large), inline: null },
      ],
    });
    yield applyOrderToWire({ kind: 'data', bytes: large.subarray(0, 1000) });
    await session.over;
  }
  const applying = (async () => {
    const replies = client.apply(orders());
    await replies.next();
    process.child.kill('SIGTERM');
    for await (const _ of replies);
  })();
  await assert.rejects(applying, failsAs('unreachable', /stopping/));
  assert.equal((await process.ended).status, 0);
  assert.deepEqual(readdirSync(join(root, 'photos')), ['one']);
  const again = await serveRoot(t, root);
  const next = await openSession(again.client);
  assert.equal(next.drifted, 0);
  assert.deepEqual(await listNames(again.client, next.session, next.root.id), ['one']);
});

test('a block whose folder has gone is refused rather than taken for empty', async (t) => {
  const { root, client } = await serveRoot(t);
  const session = await openSession(client);
  await apply(client, fill(session.session));
  await session.leave();
  const photos = join(root, 'photos');
  renameSync(photos, join(root, 'elsewhere'));
  const asked = async () => (await openNextSession(client)).stateDigest;
  await assert.rejects(asked(), failsAs('refused', /has gone/));
  renameSync(join(root, 'elsewhere'), photos);
  assert.notEqual(await asked(), session.stateDigest);
});
