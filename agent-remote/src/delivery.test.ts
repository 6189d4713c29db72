import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { brotliCompressSync } from 'node:zlib';
import { type ChunkList, listDigest } from '@btsoot/shared/delta/chunk-list.js';
import { encodeLayout } from '@btsoot/shared/delta/layout.js';
import type { Op } from '@btsoot/shared/delta/op.js';
import { encodeOps } from '@btsoot/shared/delta/ops.js';
import { type Basis, type Delivery, PLAIN_DELIVERY } from '@btsoot/shared/model/delivery.js';
import { limits } from '@btsoot/shared/model/limits.js';
import type { FileStep } from '@btsoot/shared/model/step.js';
import { hashToBytes } from '@btsoot/shared/model/xxh3.js';
import type { RemoteClient } from '@btsoot/shared/wire/client.js';
import { type ApplyNews, type ApplyOrder, applyOrderToWire, type StepWithData } from '@btsoot/shared/wire/convert.js';
import { failsAs } from './fixture.js';
import { apply, contentOf, openNextSession, openSession, put, serveRoot } from './service-fixture.js';

const old = randomBytes(100_000);
const text = Buffer.from('literals that shrink when they are packed. '.repeat(2_000));

/** The last of its batch: its bytes follow. */
function delivered(step: FileStep, delivery: Partial<Delivery>): ApplyOrder {
  return { kind: 'steps', steps: [{ step, inline: null, delivery: { ...PLAIN_DELIVERY, ...delivery } }], packed: null };
}

function patch(ops: readonly Op[], literals: Buffer, position = 0): ApplyOrder {
  return { kind: 'patch', ops: encodeOps(ops, position), literals, literalsSizeBytes: 0 };
}

function packedPatch(ops: readonly Op[], literals: Buffer, literalsSizeBytes = literals.length): ApplyOrder {
  return { kind: 'patch', ops: encodeOps(ops, 0), literals: brotliCompressSync(literals), literalsSizeBytes };
}

const literal = (lengthBytes: number): Op => ({ kind: 'literal', lengthBytes });
const copy = (from: number, lengthBytes: number): Op => ({ kind: 'copy', basis: 0, from, lengthBytes });
const held = (bytes: Buffer): Basis => ({ content: contentOf(bytes), partial: false });

async function run(client: RemoteClient, session: string, ...orders: ApplyOrder[]): Promise<ApplyNews[]> {
  return apply(client, [{ kind: 'begin', session }, ...orders, { kind: 'finish' }]);
}

function failuresOf(news: readonly ApplyNews[]): string[] {
  assert.equal(news.at(-1)?.kind, 'finished');
  return news.flatMap((one) => (one.kind === 'committed' ? one.failures.map(({ outcome }) => outcome.kind) : []));
}

test('a file is put together from what the block holds and from what is sent', async (t) => {
  const { root, client } = await serveRoot(t);
  const { session } = await openSession(client);
  const next = Buffer.concat([text, old.subarray(10_000), Buffer.alloc(50_000), randomBytes(3_000)]);
  const ops = [literal(text.length), copy(10_000, 90_000), { kind: 'zeros', lengthBytes: 50_000 } as const];
  const news = await run(
    client,
    session,
    delivered(put('old', old), {}),
    { kind: 'data', bytes: old },
    delivered(put('new', next), { bases: [held(old)] }),
    packedPatch(ops, text),
    { kind: 'data', bytes: next.subarray(-3_000, -1_000) },
    patch([literal(1_000)], next.subarray(-1_000), next.length - 1_000),
  );
  assert.deepEqual(failuresOf(news), []);
  assert.deepEqual(readFileSync(join(root, 'photos', 'new')), next);
});

test('a put from a basis that is not there, or is not what it was said to be, fails alone', async (t) => {
  const { root, client } = await serveRoot(t);
  const { session } = await openSession(client);
  const wrong = randomBytes(old.length);
  const news = await run(
    client,
    session,
    delivered(put('old', old), {}),
    { kind: 'data', bytes: old },
    delivered(put('lost', wrong), { bases: [held(wrong)] }),
    patch([copy(0, wrong.length)], Buffer.alloc(0)),
    delivered(put('false', wrong), { bases: [held(old)] }),
    patch([copy(0, old.length)], Buffer.alloc(0)),
    delivered(put('good', text), {}),
    packedPatch([literal(text.length)], text),
  );
  assert.deepEqual(failuresOf(news), ['mismatch', 'mismatch']);
  assert.deepEqual(readdirSync(join(root, 'photos')).sort(), ['good', 'old']);
});

function packedBatch(contents: readonly Buffer[], raw = Buffer.concat(contents)): ApplyOrder {
  const steps = contents.map((bytes, index): StepWithData => {
    return { step: put(`packed ${index}`, bytes), inline: bytes, delivery: null };
  });
  const sizeBytes = contents.reduce((sum, bytes) => sum + bytes.length, 0);
  return { kind: 'steps', steps, packed: { bytes: brotliCompressSync(raw), sizeBytes } };
}

test('small files come packed together', async (t) => {
  const { root, client } = await serveRoot(t);
  const { session } = await openSession(client);
  const contents = Array.from({ length: 1_000 }, (_, index) => Buffer.from(`file ${index} `.repeat(index % 7)));
  assert.deepEqual(failuresOf(await run(client, session, packedBatch(contents))), []);
  contents.forEach((bytes, index) => {
    assert.deepEqual(readFileSync(join(root, 'photos', `packed ${index}`)), bytes);
  });
});

test('packed bytes that are not what they say end the stream as invalid, and leave nothing half done', async (t) => {
  const { root, client } = await serveRoot(t);
  const { session } = await openSession(client);
  const bomb = Buffer.alloc(64 * 1024 * 1024);
  const file = delivered(put('file', text), {});
  const faulty: ApplyOrder[][] = [
    [packedBatch([text.subarray(0, 500)], text)],
    [packedBatch([text.subarray(0, 30_000)], text.subarray(0, 29_999))],
    [packedBatch([text.subarray(0, 30_000)], bomb)],
    [file, packedPatch([literal(text.length)], bomb, text.length)],
    [file, packedPatch([literal(text.length)], text, text.length + 1)],
    [
      file,
      { kind: 'patch', ops: encodeOps([literal(text.length)], 0), literals: text.subarray(9), literalsSizeBytes: text.length },
    ],
  ];
  for (const orders of faulty) await assert.rejects(run(client, session, ...orders), failsAs('invalid'));
  assert.deepEqual(readdirSync(join(root, 'photos')), []);
  assert.deepEqual(readdirSync(join(root, '.btsoot', 'blocks', 'photos', 'staging')), []);
});

test('ops that are none, or that the rest of the message does not bear out, end the stream as invalid', async (t) => {
  const { root, client } = await serveRoot(t);
  const { session } = await openSession(client);
  const file = delivered(put('file', text), {});
  const faulty: ApplyOrder[][] = [
    [file, { kind: 'patch', ops: Buffer.alloc(300, 0xff), literals: text, literalsSizeBytes: 0 }],
    [file, patch([literal(text.length)], text.subarray(1))],
    [file, patch([literal(text.length - 1)], text)],
    [file, patch([literal(text.length + 1)], Buffer.concat([text, text.subarray(0, 1)]))],
    [file, patch([copy(0, 5)], Buffer.alloc(0))],
    [patch([literal(5)], Buffer.alloc(5))],
    [{ kind: 'layout', bytes: Buffer.alloc(5) }],
  ];
  for (const orders of faulty) await assert.rejects(run(client, session, ...orders), failsAs('invalid'));
  assert.deepEqual(readdirSync(join(root, 'photos')), []);
});

function evenChunks(bytes: Buffer, averageBytes: number): ChunkList {
  const ends: number[] = [];
  const hashes: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += averageBytes) {
    const chunk = bytes.subarray(at, at + averageBytes);
    ends.push(at + chunk.length);
    hashes.push(hashToBytes(chunk));
  }
  return { averageBytes, ends: Float64Array.from(ends), hashes: Buffer.concat(hashes) };
}

function frames(bytes: Buffer): ApplyOrder[] {
  const count = Math.ceil(bytes.length / limits.frameSizeMaxBytes);
  return Array.from({ length: count }, (_, index) => {
    const at = index * limits.frameSizeMaxBytes;
    return { kind: 'data', bytes: bytes.subarray(at, at + limits.frameSizeMaxBytes) };
  });
}

test('a delivery that is cut off is offered to the next session, and goes on from there', async (t) => {
  const { root, client } = await serveRoot(t);
  const first = await openSession(client);
  assert.deepEqual(first.partials, []);
  const whole = randomBytes(8_000_000);
  const list = evenChunks(whole, 65_536);
  const layout = encodeLayout(list, []);
  const announced = delivered(put('video', whole), { chunksDigest: listDigest(list), layout: layout.subarray(0, 20) });
  const rest: ApplyOrder = { kind: 'layout', bytes: layout.subarray(20) };

  const cut = new AbortController();
  const staging = join(root, '.btsoot', 'blocks', 'photos', 'staging');
  async function* sending() {
    for (const order of [
      { kind: 'begin', session: first.session } as const,
      announced,
      rest,
      ...frames(whole.subarray(0, 5_000_000)),
    ]) {
      yield applyOrderToWire(order);
    }
    while (!readdirSync(staging).some((name) => statSync(join(staging, name)).size >= 4_000_000)) await pause(10);
    cut.abort();
  }
  const replies = client.apply(sending(), cut.signal);
  await assert.rejects(replies.next(), failsAs('cancelled'));
  await first.leave();

  const second = await openNextSession(client);
  const [partial, ...others] = second.partials;
  assert.deepEqual(others, []);
  assert.deepEqual(partial?.content, contentOf(whole));
  const { durableBytes } = partial ?? { durableBytes: 0 };
  assert.ok(durableBytes > 3_900_000 && durableBytes <= 5_000_000, `${durableBytes}`);
  const news = await run(
    client,
    second.session,
    delivered(put('video', whole), {
      bases: [{ content: contentOf(whole), partial: true }],
      chunksDigest: listDigest(list),
      layout,
    }),
    patch([copy(0, durableBytes)], Buffer.alloc(0)),
    ...frames(whole.subarray(durableBytes)),
  );
  assert.deepEqual(failuresOf(news), []);
  assert.deepEqual(readFileSync(join(root, 'photos', 'video')), whole);
  await second.leave();
  assert.deepEqual((await openNextSession(client)).partials, []);
});
