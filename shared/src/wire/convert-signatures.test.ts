import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import fc from 'fast-check';
import { limits } from '../model/limits.js';
import * as convert from './convert.js';
import { remotePackage } from './proto.js';
import { accepted } from './streams.js';
import { content, hex } from './testing/arbitraries.js';

const { ReadSignatures } = remotePackage().Remote.service;

type Wire = Parameters<typeof ReadSignatures.requestSerialize>[0];
type WireReply = Parameters<typeof ReadSignatures.responseSerialize>[0];

function arrive(wire: Wire): convert.SignatureWish {
  return convert.signatureWishFromWire(accepted(ReadSignatures.requestDeserialize(ReadSignatures.requestSerialize(wire))));
}

function arriveNews(wire: WireReply): convert.SignatureNews {
  return convert.signatureNewsFromWire(accepted(ReadSignatures.responseDeserialize(ReadSignatures.responseSerialize(wire))));
}

const blockBytes = fc.integer({ min: 6, max: 16 }).map((log2) => 2 ** log2);
const piece = fc.record({ gap: fc.nat(100_000), lengthBytes: fc.integer({ min: 1, max: 2 ** 40 }), blockBytes });

/** Regions one after the other, and a content that ends with the last of them or later. */
const regionsWish = fc
  .record({
    session: fc.option(hex),
    content,
    partial: fc.boolean(),
    pieces: fc.array(piece, { minLength: 1, maxLength: 50 }),
    rest: fc.nat(9),
  })
  .map(({ session, content: { hash }, partial, pieces, rest }): convert.SignatureWish => {
    let end = 0;
    const regions = pieces.map(({ gap, lengthBytes, blockBytes: block }) => {
      const from = end + gap;
      end = from + lengthBytes;
      return { from, lengthBytes, blockBytes: block };
    });
    return { session, kind: 'regions', basis: { content: { hash, sizeBytes: end + rest }, partial }, regions };
  });

const chunksWish = fc
  .record({ session: fc.option(hex), content, partial: fc.boolean() })
  .map(({ session, content: { hash, sizeBytes }, partial }): convert.SignatureWish => {
    return { session, kind: 'chunks', basis: { content: { hash, sizeBytes }, partial } };
  });

test('every question comes through the wire as it was', () => {
  fc.assert(
    fc.property(fc.oneof(regionsWish, chunksWish), (wish) => {
      assert.deepEqual(arrive(convert.signatureWishToWire(wish)), wish);
    }),
  );
});

test('as many regions as may be asked for, with the largest numbers, fit into a message', () => {
  const regions = Array.from({ length: limits.signatureRegionsPerRequestMax }, (_, i) => {
    return { from: 2 ** 52 + i * 2 ** 40, lengthBytes: 2 ** 40, blockBytes: limits.signatureBlockMaxBytes };
  });
  const basis = { content: { hash: '1'.repeat(32), sizeBytes: limits.fileSizeMaxBytes }, partial: false };
  const wish = { session: '2'.repeat(32), kind: 'regions', basis, regions } as const;
  assert.deepEqual(arrive(convert.signatureWishToWire(wish)), wish);
});

test('every answer comes through the wire as it was', () => {
  const bytes = fc.uint8Array({ minLength: 1, maxLength: 300 }).map((array) => Buffer.from(array));
  const news: fc.Arbitrary<convert.SignatureNews> = fc.oneof(
    fc.record({ kind: fc.constant('data' as const), bytes, last: fc.boolean() }),
    fc.record({ kind: fc.constant('missing' as const), message: fc.constantFrom('', 'no file holds it', 'Ärger') }),
  );
  fc.assert(
    fc.property(news, (sent) => {
      assert.deepEqual({ ...arriveNews(convert.signatureNewsToWire(sent)) }, { ...sent });
    }),
  );
});

const CONTENT = { hash: Buffer.alloc(16, 1), sizeBytes: 1_000_000 };
const region = { from: 0, length: 1_000, blockBytes: 64 };
const asked = (...regions: object[]): Wire => ({ regions: { basis: { content: CONTENT }, regions } });

const HOSTILE: Record<string, Wire> = {
  'no question': { session: Buffer.alloc(16) },
  'a session of 15 bytes': { session: Buffer.alloc(15), chunks: { content: CONTENT } },
  'a chunk list of nothing': { chunks: {} },
  'no basis': { regions: { regions: [region] } },
  'no region': asked(),
  '2,000 regions': asked(...Array.from({ length: 2_000 }, (_, i) => ({ from: i, length: 1, blockBytes: 64 }))),
  'an empty region': asked({ ...region, length: 0 }),
  'a region that begins behind the end': asked({ ...region, from: 1_000_001 }),
  'a region that ends behind the end': asked({ ...region, from: 999_001 }),
  'a region whose end no number holds': asked({ from: 1, length: Number.MAX_SAFE_INTEGER, blockBytes: 64 }),
  'a length beyond what a number holds': asked({ ...region, length: '18446744073709551615' }),
  'regions out of order': asked({ ...region, from: 5_000 }, region),
  'regions that overlap': asked(region, { ...region, from: 999 }),
  'blocks that are too small': asked({ ...region, blockBytes: 32 }),
  'blocks that are too large': asked({ ...region, blockBytes: 131_072 }),
  'blocks that are no power of two': asked({ ...region, blockBytes: 96 }),
  'blocks of no size': asked({ ...region, blockBytes: 0 }),
};

for (const [what, request] of Object.entries(HOSTILE)) {
  test(`${what}: invalid`, () => {
    assert.throws(() => arrive(request), { name: 'BtsootError', kind: 'invalid' });
  });
}

const HOSTILE_ANSWERS: Record<string, WireReply> = {
  'an answer that says nothing': { last: true },
  'an empty part': { data: Buffer.alloc(0), last: true },
  'a part over the limit': { data: Buffer.alloc(limits.frameSizeMaxBytes + 1), last: true },
};

for (const [what, reply] of Object.entries(HOSTILE_ANSWERS)) {
  test(`${what}: invalid`, () => {
    assert.throws(() => arriveNews(reply), { name: 'BtsootError', kind: 'invalid' });
  });
}
