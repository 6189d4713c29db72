import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { encodeBatch, encodeHeader } from '@btsoot/shared/apply/sidecar.js';
import { packChunks, unpackChunks } from '@btsoot/shared/delta/chunk-list.js';
import { SignatureMaker } from '@btsoot/shared/delta/signature.js';
import type { TreePath } from '@btsoot/shared/model/bytes.js';
import type { Basis } from '@btsoot/shared/model/delivery.js';
import { BtsootError } from '@btsoot/shared/model/errors.js';
import { limits } from '@btsoot/shared/model/limits.js';
import { hashToBytes } from '@btsoot/shared/model/xxh3.js';
import {
  type SignatureNews,
  type SignatureQuestion,
  type SignatureRegion,
  type SignatureWish,
  signatureNewsFromWire,
  signatureWishToWire,
} from '@btsoot/shared/wire/convert.js';
import { BlockStore, type OpenBlock } from './blocks.js';
import { checkTree } from './check-tree.js';
import { failsAs, temporaryFolder } from './fixture.js';
import { layoutOf } from './layout.js';
import { contentOf, folder, openNextSession, openSession, serveRoot } from './service-fixture.js';
import { answerSignatures } from './signing.js';

const never = new AbortController().signal;
const large = randomBytes(4_500_000);
const small = randomBytes(40_000);

function expected(bytes: Buffer, regions: readonly SignatureRegion[]): Buffer {
  return Buffer.concat(
    regions.map((region) => {
      const maker = new SignatureMaker(region);
      maker.update(bytes.subarray(region.from, region.from + region.lengthBytes));
      return maker.finish();
    }),
  );
}

/** What an answer says in all, and how many messages it took. */
function joined(news: readonly SignatureNews[]): { bytes: Buffer; messages: number } {
  const parts = news.map((one, index) => {
    assert.ok(one.kind === 'data', JSON.stringify(one));
    assert.equal(one.last, index === news.length - 1);
    return one.bytes;
  });
  return { bytes: Buffer.concat(parts), messages: parts.length };
}

const basisOf = (bytes: Buffer, partial = false): Basis => ({ content: contentOf(bytes), partial });

/** A block with two files that were there before it knew of them. */
async function openBlock(t: TestContext): Promise<{ block: OpenBlock; at: (name: string) => string }> {
  const root = temporaryFolder(t);
  const store = new BlockStore(layoutOf(root));
  t.after(() => store.close());
  store.create(folder);
  const at = (name: string): string => join(root, folder, name);
  writeFileSync(at('large'), large);
  writeFileSync(at('small'), small);
  const { block } = store.hold(folder);
  await checkTree(block, { readAll: false, onProgress: () => undefined, signal: never });
  return { block, at };
}

async function ask(block: OpenBlock, question: SignatureQuestion, signal = never, intervalMs?: number): Promise<SignatureNews[]> {
  const news: SignatureNews[] = [];
  for await (const one of answerSignatures(block, question, signal, intervalMs)) news.push(one);
  return news;
}

test('regions are signed as their bytes are, in one message where that is enough', async (t) => {
  const { block } = await openBlock(t);
  const regions = [
    { from: 0, lengthBytes: 700, blockBytes: 64 },
    { from: 700, lengthBytes: 1, blockBytes: 64 },
    { from: 300_001, lengthBytes: 600_000, blockBytes: 1_024 },
    { from: 1_400_000, lengthBytes: 100_000, blockBytes: 65_536 },
  ];
  const answer = joined(await ask(block, { kind: 'regions', basis: basisOf(large), regions }));
  assert.deepEqual(answer, { bytes: expected(large, regions), messages: 1 });
});

test('a large answer comes in full frames', async (t) => {
  const { block } = await openBlock(t);
  const regions = [
    { from: 0, lengthBytes: 3_000_000, blockBytes: 64 },
    { from: 3_000_000, lengthBytes: 1_500_000, blockBytes: 64 },
  ];
  const news = await ask(block, { kind: 'regions', basis: basisOf(large), regions });
  const { bytes, messages } = joined(news);
  assert.deepEqual(bytes, expected(large, regions));
  assert.ok(messages > 1);
  assert.equal(messages, Math.ceil(bytes.length / limits.frameSizeMaxBytes));
});

test('an answer that takes long gives signs of life, none of them empty', async (t) => {
  const { block } = await openBlock(t);
  const regions = [
    { from: 0, lengthBytes: 4_000_000, blockBytes: 65_536 },
    { from: 4_000_000, lengthBytes: 1, blockBytes: 65_536 },
  ];
  const news = await ask(block, { kind: 'regions', basis: basisOf(large), regions }, never, 0);
  const { bytes, messages } = joined(news);
  assert.deepEqual(bytes, expected(large, regions));
  assert.equal(messages, Math.ceil(4_000_000 / limits.frameSizeMaxBytes) + 1);
  assert.ok(news.every((one) => one.kind === 'data' && one.bytes.length > 0));
});

test('the chunk list of a content is given out where it is known', async (t) => {
  const { block } = await openBlock(t);
  const { bytes } = joined(await ask(block, { kind: 'chunks', basis: basisOf(large) }));
  assert.equal(unpackChunks(bytes, large.length).ends.at(-1), large.length);
  const [none] = await ask(block, { kind: 'chunks', basis: basisOf(small) });
  assert.ok(none?.kind === 'missing' && /no chunk list/.test(none.message));
});

test('what is not there, has changed, or would take too much memory is missing', async (t) => {
  const { block, at } = await openBlock(t);
  const unknown = await ask(block, { kind: 'regions', basis: basisOf(Buffer.from('?')), regions: [region(1)] });
  assert.deepEqual(
    unknown.map(({ kind }) => kind),
    ['missing'],
  );
  appendFileSync(at('small'), 'and more');
  const [changed] = await ask(block, { kind: 'regions', basis: basisOf(small), regions: [region(100)] });
  assert.ok(changed?.kind === 'missing' && /not the file that the manifest knows/.test(changed.message));
  const [tooMuch] = await ask(block, { kind: 'regions', basis: basisOf(large), regions: [region(2 ** 40)] });
  assert.ok(tooMuch?.kind === 'missing' && /would take/.test(tooMuch.message));
});

function region(lengthBytes: number): SignatureRegion {
  return { from: 0, lengthBytes, blockBytes: 64 };
}

test('what a cut-off delivery has left is read up to its durable end', async (t) => {
  const { block } = await openBlock(t);
  const whole = randomBytes(900_000);
  const durable = whole.subarray(0, 600_000);
  const chunks = { averageBytes: 2 ** 18, ends: Float64Array.of(600_000), hashes: hashToBytes(durable) };
  const sidecar = [
    encodeHeader(contentOf(whole), chunks.averageBytes, 'f' as TreePath),
    encodeBatch(0, chunks.ends, chunks.hashes),
  ];
  const partials = Buffer.from(block.area.partial.path, 'latin1').toString();
  writeFileSync(join(partials, 'p'), durable);
  writeFileSync(join(partials, 'p.chunks'), Buffer.concat(sidecar));

  const basis = basisOf(whole, true);
  const regions = [{ from: 5, lengthBytes: 599_995, blockBytes: 512 }];
  assert.deepEqual(joined(await ask(block, { kind: 'regions', basis, regions })).bytes, expected(whole, regions));
  assert.deepEqual(joined(await ask(block, { kind: 'chunks', basis })).bytes, packChunks(chunks));
  const [behind] = await ask(block, { kind: 'regions', basis, regions: [{ from: 599_999, lengthBytes: 2, blockBytes: 64 }] });
  assert.ok(behind?.kind === 'missing' && /600000 bytes/.test(behind.message));
  for (const question of [{ kind: 'chunks' } as const, { kind: 'regions', regions: [region(5)] } as const]) {
    const [none] = await ask(block, { ...question, basis: basisOf(large, true) });
    assert.equal(none?.kind, 'missing');
  }
});

test('a caller who has gone ends the reading', async (t) => {
  const { block } = await openBlock(t);
  const gone = new AbortController();
  const why = new BtsootError('cancelled', 'gone');
  const question = { kind: 'regions', basis: basisOf(large), regions: [region(large.length)] } as const;
  setImmediate(() => gone.abort(why));
  await assert.rejects(ask(block, question, gone.signal), failsAs('cancelled', /gone/));
});

test('a source asks many questions at once, and gets the answers in their order', async (t) => {
  const { root, client } = await serveRoot(t);
  writeFileSync(join(root, folder, 'large'), large);
  writeFileSync(join(root, folder, 'small'), small);
  const { session } = await openNextSession(client);
  const wishes: SignatureWish[] = [];
  for (let from = 0; from + 50_000 < large.length; from += 500_000) {
    const regions = [{ from, lengthBytes: 50_000, blockBytes: 64 }];
    wishes.push({ session: wishes.length === 0 ? session : null, kind: 'regions', basis: basisOf(large), regions });
    wishes.push({ session: null, kind: 'chunks', basis: basisOf(large) });
    wishes.push({ session: null, kind: 'regions', basis: basisOf(Buffer.from('?')), regions: [region(1)] });
  }
  const answers: SignatureNews[][] = [[]];
  for await (const reply of client.readSignatures(wishes.map(signatureWishToWire))) {
    const news = signatureNewsFromWire(reply);
    answers.at(-1)?.push(news);
    if (news.kind === 'missing' || news.last) answers.push([]);
  }
  assert.deepEqual(answers.pop(), []);
  assert.equal(answers.length, wishes.length);
  wishes.forEach((wish, index) => {
    const answer = answers[index] ?? [];
    if (wish.kind === 'chunks') assert.ok(unpackChunks(joined(answer).bytes, large.length));
    else if (index % 3 === 2) assert.equal(answer[0]?.kind, 'missing');
    else assert.deepEqual(joined(answer).bytes, expected(large, wish.regions));
  });
});

test('questions without a session, of too many regions, or out of order end the call', async (t) => {
  const { client } = await serveRoot(t);
  const { session } = await openSession(client);
  const basis = basisOf(large);
  const many = Array.from({ length: 2_000 }, (_, from) => ({ from, lengthBytes: 1, blockBytes: 64 }));
  const faulty: SignatureWish[] = [
    { session: null, kind: 'chunks', basis },
    { session, kind: 'regions', basis, regions: [] },
    { session, kind: 'regions', basis, regions: many },
    { session, kind: 'regions', basis, regions: [region(9), region(9)] },
  ];
  for (const wish of faulty) {
    const asked = async (): Promise<void> => {
      for await (const _ of client.readSignatures([signatureWishToWire(wish)]));
    };
    await assert.rejects(asked(), failsAs('invalid'));
  }
  const stranger = { session: '0'.repeat(32), kind: 'chunks', basis } as const;
  await assert.rejects(client.readSignatures([signatureWishToWire(stranger)]).next(), failsAs('not-found'));
});
