import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Name } from '@btsoot/shared/model/bytes.js';
import type { Content } from '@btsoot/shared/model/entry.js';
import { limits } from '@btsoot/shared/model/limits.js';
import { inTree } from '@btsoot/shared/model/step.js';
import type { RemoteClient } from '@btsoot/shared/wire/client.js';
import {
  type ApplyOrder,
  applyNewsFromWire,
  applyOrderToWire,
  childrenFromWire,
  childrenQuestionToWire,
  contentsQueryToWire,
  readNewsFromWire,
  readWishToWire,
  sessionsFromWire,
} from '@btsoot/shared/wire/convert.js';
import { failsAs, temporaryFolder } from './fixture.js';

import { apply, contentOf, folderMeta, openNextSession, openSession, path, put, serveRoot } from './service-fixture.js';

const small = Buffer.from('a small file');
const large = Buffer.alloc(700_000, 'large ');

function fill(session: string): ApplyOrder[] {
  const frames: ApplyOrder[] = [];
  for (let at = 0; at < large.length; at += limits.frameSizeMaxBytes)
    frames.push({ kind: 'data', bytes: large.subarray(at, at + limits.frameSizeMaxBytes) });
  const steps = [
    { step: { kind: 'make-directory', path: path('d'), meta: folderMeta } as const, inline: null, delivery: null },
    { step: put('d/small', small), inline: small, delivery: null },
    { step: put('large', large), inline: null, delivery: null },
  ];
  return [{ kind: 'begin', session }, { kind: 'steps', steps, packed: null }, ...frames, { kind: 'finish' }];
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
  const steps = [{ step: { kind: 'remove', at: inTree(path('d')), expect } as const, inline: null, delivery: null }];
  const news = await apply(client, [
    { kind: 'begin', session: session.session },
    { kind: 'steps', steps, packed: null },
    { kind: 'finish' },
  ]);
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
  const one = { kind: 'steps', steps: [{ step: put('one', small), inline: small, delivery: null }], packed: null } as const;
  const open = { kind: 'steps', steps: [{ step: put('large', large), inline: null, delivery: null }], packed: null } as const;
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
    yield applyOrderToWire({ kind: 'steps', steps: [{ step: put('one', small), inline: small, delivery: null }], packed: null });
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
        { step: put('one', small), inline: small, delivery: null },
        { step: put('large', large), inline: null, delivery: null },
      ],
      packed: null,
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
