import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, readlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Op } from '@btsoot/shared/delta/op.js';
import { encodeOps } from '@btsoot/shared/delta/ops.js';
import { type Basis, type Delivery, PLAIN_DELIVERY } from '@btsoot/shared/model/delivery.js';
import { limits } from '@btsoot/shared/model/limits.js';
import type { FileStep } from '@btsoot/shared/model/step.js';
import { Xxh3 } from '@btsoot/shared/model/xxh3.js';
import type { RemoteClient } from '@btsoot/shared/wire/client.js';
import {
  type ApplyNews,
  type ApplyOrder,
  applyOrderToWire,
  contentsQueryToWire,
  signatureNewsFromWire,
  signatureWishToWire,
} from '@btsoot/shared/wire/convert.js';
import { failsAs } from './fixture.js';
import { apply, contentOf, folder, meta, openNextSession, openSession, path, put, serveRoot } from './service-fixture.js';

/* What a paired source could do to a remote, and to the others that it serves. */

const PETABYTE = 2 ** 50;

function delivered(step: FileStep, delivery: Partial<Delivery> = {}): ApplyOrder {
  return { kind: 'steps', steps: [{ step, inline: null, delivery: { ...PLAIN_DELIVERY, ...delivery } }], packed: null };
}

function patch(ops: readonly Op[], literals = Buffer.alloc(0)): ApplyOrder {
  return { kind: 'patch', ops: encodeOps(ops, 0), literals, literalsSizeBytes: 0 };
}

function huge(sizeBytes: number): FileStep {
  return { kind: 'put', path: path('huge'), meta, content: { hash: '0'.repeat(32), sizeBytes }, replaces: null };
}

const basis = (bytes: Buffer, partial = false): Basis => ({ content: contentOf(bytes), partial });

function failuresOf(news: readonly ApplyNews[]): string[] {
  return news.flatMap((one) => (one.kind === 'committed' ? one.failures.map(({ outcome }) => outcome.kind) : []));
}

/** Sends these orders and no end; asks the remote something else meanwhile; hangs up; and waits until the block is free again. */
async function whileWorking(client: RemoteClient, session: { session: string; leave(): Promise<void> }, orders: ApplyOrder[]) {
  const hangUp = new AbortController();
  const isSent = new AbortController();
  async function* requests() {
    for (const order of [{ kind: 'begin', session: session.session } as const, ...orders]) yield applyOrderToWire(order);
    isSent.abort();
    await new Promise((resolve) => hangUp.signal.addEventListener('abort', resolve));
  }
  const replies = client.apply(requests(), hangUp.signal);
  const reply = replies.next();
  reply.catch(() => undefined);
  await new Promise((resolve) => isSent.signal.addEventListener('abort', resolve));
  // Each takes a turn of the remote's event loop, or several.
  for (let count = 0; count < 50; count++) await client.hello();
  hangUp.abort();
  await assert.rejects(reply, failsAs('cancelled'));
  await session.leave();
  await (await openNextSession(client, 'trust')).leave();
}

test('a petabyte of zeros in nine bytes holds up nobody, and ends with its call', { timeout: 60_000 }, async (t) => {
  const { root, client } = await serveRoot(t);
  const session = await openSession(client);
  await whileWorking(client, session, [delivered(huge(PETABYTE)), patch([{ kind: 'zeros', lengthBytes: PETABYTE }])]);
  assert.deepEqual(readdirSync(join(root, folder)), []);
  assert.deepEqual(readdirSync(join(root, '.btsoot', 'blocks', folder, 'staging')), []);
});

test('a copy of a huge file that is all holes holds up nobody, and ends with its call', { timeout: 60_000 }, async (t) => {
  const { root, client } = await serveRoot(t);
  const sizeBytes = 64 * 1024 * 1024;
  writeFileSync(join(root, folder, 'sparse'), '');
  truncateSync(join(root, folder, 'sparse'), sizeBytes);
  const hash = new Xxh3();
  hash.update(Buffer.alloc(sizeBytes));
  const content = { hash: hash.digest(), sizeBytes };
  const session = await openSession(client);
  const ops = Array.from({ length: 10_000 }, (): Op => ({ kind: 'copy', basis: 0, from: 0, lengthBytes: sizeBytes }));
  await whileWorking(client, session, [
    delivered(huge(ops.length * sizeBytes), { bases: [{ content, partial: false }] }),
    patch(ops),
  ]);
});

test('a hundred thousand ops of one byte are as good as one', async (t) => {
  const { root, client } = await serveRoot(t);
  const old = randomBytes(300_000);
  writeFileSync(join(root, folder, 'old'), old);
  const { session } = await openSession(client);
  const places = Array.from({ length: 85_000 }, (_, index) => (index * 97) % old.length);
  const made = Buffer.from(places.map((from) => old[from] ?? 0));
  const news = await apply(client, [
    { kind: 'begin', session },
    delivered(put('made', made), { bases: [basis(old)] }),
    patch(places.map((from) => ({ kind: 'copy', basis: 0, from, lengthBytes: 1 }))),
    delivered(put('sent', made)),
    patch(
      places.map(() => ({ kind: 'literal', lengthBytes: 1 })),
      made,
    ),
    { kind: 'finish' },
  ]);
  assert.deepEqual(failuresOf(news), []);
  for (const name of ['made', 'sent']) assert.deepEqual(readFileSync(join(root, folder, name)), made);
});

test('what other blocks hold is no basis, whatever it is called, and nothing is said of it', async (t) => {
  const { root, client } = await serveRoot(t);
  const secret = randomBytes(400_000);
  await client.createBlock(path('other'));
  writeFileSync(join(root, 'other', 'secret'), secret);
  const { session } = await openSession(client);
  for (const partial of [false, true]) {
    const news = await apply(client, [
      { kind: 'begin', session },
      delivered(put('stolen', secret), { bases: [basis(secret, partial)] }),
      patch([{ kind: 'copy', basis: 0, from: 0, lengthBytes: secret.length }]),
      { kind: 'finish' },
    ]);
    assert.deepEqual(failuresOf(news), ['mismatch']);
    const regions = [{ from: 0, lengthBytes: 100, blockBytes: 64 }];
    const wishes = [{ kind: 'regions', regions } as const, { kind: 'chunks' } as const];
    const asked = wishes.map((wish) => signatureWishToWire({ ...wish, session, basis: basis(secret, partial) }));
    for await (const reply of client.readSignatures(asked)) assert.equal(signatureNewsFromWire(reply).kind, 'missing');
  }
  assert.deepEqual(readdirSync(join(root, folder)), []);
});

test('many streams of questions are answered one after the other, and the one that is not read gives way', async (t) => {
  const { root, client, process } = await serveRoot(t);
  const large = randomBytes(40_000_000);
  writeFileSync(join(root, folder, 'large'), large);
  const { session } = await openSession(client);
  const hangUp = new AbortController();
  const all = { from: 0, lengthBytes: large.length, blockBytes: limits.signatureBlockMinBytes };
  const greedy = signatureWishToWire({ session, kind: 'regions', basis: basis(large), regions: [all] });
  const streams = Array.from({ length: 8 }, () => client.readSignatures([greedy], hangUp.signal));
  const first = streams.map((stream) => stream.next());
  for (const one of first) one.catch(() => undefined);
  await Promise.race(first);
  await client.hello();
  hangUp.abort();
  await Promise.allSettled(first);
  const modest = signatureWishToWire({ session, kind: 'regions', basis: basis(large), regions: [{ ...all, lengthBytes: 99 }] });
  for await (const reply of client.readSignatures([modest])) assert.equal(signatureNewsFromWire(reply).kind, 'data');
  assert.equal(process.child.exitCode, null);
  assert.ok(openFilesOf(process.child.pid ?? 0, 'large') <= 1);
});

/** How many descriptors of that process are of files with that name. */
function openFilesOf(pid: number, name: string): number {
  return readdirSync(`/proc/${pid}/fd`).filter((fd) => {
    try {
      return readlinkSync(`/proc/${pid}/fd/${fd}`).endsWith(name);
    } catch {
      return false;
    }
  }).length;
}

test('a session that ends in the middle of an answer ends the answer', { timeout: 60_000 }, async (t) => {
  const { root, client } = await serveRoot(t);
  const large = randomBytes(40_000_000);
  writeFileSync(join(root, folder, 'large'), large);
  const session = await openSession(client);
  const all = { from: 0, lengthBytes: large.length, blockBytes: limits.signatureBlockMinBytes };
  const wish = signatureWishToWire({ session: session.session, kind: 'regions', basis: basis(large), regions: [all] });
  async function* asking() {
    for (;;) yield wish;
  }
  const answers = client.readSignatures(asking());
  await answers.next();
  await session.leave();
  await assert.rejects(async () => {
    for await (const _ of answers);
  }, failsAs('not-found'));
  await (await openNextSession(client)).leave();
});

test('as many contents as one query may name are looked for one after the other', async (t) => {
  const { root, client } = await serveRoot(t);
  const old = randomBytes(1_000);
  writeFileSync(join(root, folder, 'old'), old);
  const { session } = await openSession(client);
  const contents = Array.from({ length: limits.contentsPerQueryMax }, () => contentOf(old));
  const { held } = await client.queryContents(contentsQueryToWire(session, contents));
  assert.ok(held.length === contents.length && held.every((one) => one));
});
