import assert from 'node:assert/strict';
import { createCipheriv } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { ByteWriter } from '../model/byte-fields.js';
import { BtsootError } from '../model/errors.js';
import { limits } from '../model/limits.js';
import { hashBytes, hashToBytes } from '../model/xxh3.js';
import { ChunkHasher } from './chunk-hasher.js';
import { averageOf, CHUNK_HASH_BYTES, type ChunkList, listDigest, packChunks, unpackChunks } from './chunk-list.js';
import { oracleEnds } from './chunker-oracle.js';
import { hooksOf } from './hooks.js';

function listOf(lengthsBytes: readonly number[], averageBytes = 2 ** 14): ChunkList {
  let end = 0;
  const ends = Float64Array.from(lengthsBytes, (lengthBytes) => {
    end += lengthBytes;
    return end;
  });
  const hashes = Buffer.concat(lengthsBytes.map((lengthBytes, index) => hashToBytes(Buffer.from(`${index}: ${lengthBytes}`))));
  return { averageBytes, ends, hashes };
}

const sizeOf = (list: ChunkList): number => list.ends.at(-1) ?? 0;
const lengths = fc.array(fc.oneof(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 2 ** 45 })), { maxLength: 200 });
const lists = fc.tuple(lengths, fc.integer({ min: 4, max: 52 })).map(([of, log2]) => listOf(of, 2 ** log2));

test('a packed list unpacks to the same list', () => {
  fc.assert(
    fc.property(lists, (list) => {
      const packed = packChunks(list);
      assert.deepEqual(unpackChunks(packed, sizeOf(list)), list);
      assert.equal(averageOf(packed), list.averageBytes);
      assert.equal(packed.buffer.byteLength, packed.length);
    }),
  );
});

test('a damaged list is refused, or is another list of the same size', () => {
  fc.assert(
    fc.property(lists, fc.nat(), fc.nat(255), fc.boolean(), (list, place, value, cuts) => {
      const packed = packChunks(list);
      const at = place % packed.length;
      const damaged = cuts ? packed.subarray(0, at) : Buffer.from(packed);
      if (!cuts) damaged[at] = value;
      const unpacked = attempt(() => unpackChunks(damaged, sizeOf(list)));
      if (unpacked === null) return;
      assert.equal(cuts, false);
      assert.equal(sizeOf(unpacked), sizeOf(list));
      assert.equal(unpacked.hashes.length, unpacked.ends.length * CHUNK_HASH_BYTES);
    }),
  );
});

test('bytes that are no list at all are refused', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), fc.maxSafeNat(), (bytes, sizeBytes) => {
      attempt(() => unpackChunks(Buffer.from(bytes), sizeBytes));
      attempt(() => averageOf(Buffer.from(bytes)));
    }),
  );
});

test('each thing that can be wrong with a list has its own text', () => {
  const list = listOf([100, 200]);
  const packed = packChunks(list);
  const edited = (at: number, value: number): Buffer => Buffer.from(packed.with(at, value));
  const refused = (bytes: Buffer, sizeBytes: number, text: RegExp): void =>
    assert.throws(() => unpackChunks(bytes, sizeBytes), { kind: 'invalid', message: text });
  refused(edited(0, 2), 300, /of format 2/);
  refused(edited(1, 3), 300, /2\^3 bytes/);
  refused(edited(1, 53), 300, /2\^53 bytes/);
  refused(edited(2, 3), 300, /too short for 3 chunks/);
  refused(edited(3, 0), 300, /does not fit/);
  refused(packed, 299, /does not fit/);
  refused(packed, 301, /covers 300 bytes/);
  refused(Buffer.concat([packed, Buffer.of(0)]), 300, /goes on/);
  assert.throws(() => averageOf(Buffer.of(1)), { kind: 'invalid' });
});

test('a list says how many chunks it has before memory is taken for them', () => {
  const claims = (count: number): Buffer => {
    const writer = new ByteWriter();
    writer.byte(1);
    writer.byte(14);
    writer.varint(count);
    return writer.finish();
  };
  assert.throws(() => unpackChunks(claims(limits.chunksPerListMax), 2 ** 40), { kind: 'invalid', message: /too short/ });
  assert.throws(() => unpackChunks(claims(limits.chunksPerListMax + 1), 2 ** 40), { kind: 'invalid', message: /at most/ });
  assert.throws(() => unpackChunks(claims(Number.MAX_SAFE_INTEGER), 2 ** 40), { kind: 'invalid', message: /at most/ });
});

test('the digest is over lengths and hashes, however many there are, and beyond 4 GiB', () => {
  fc.assert(fc.property(lists, (list) => assert.equal(listDigest(list), plainDigest(list))));
  const long = listOf(Array.from({ length: 10_000 }, (_, index) => index + 1));
  assert.equal(listDigest(long), plainDigest(long));
  const otherwise: ChunkList = { ...long, averageBytes: 2 ** 20 };
  assert.equal(listDigest(otherwise), listDigest(long));
  const swapped = {
    ...long,
    hashes: Buffer.concat([long.hashes.subarray(16, 32), long.hashes.subarray(0, 16), long.hashes.subarray(32)]),
  };
  assert.notEqual(listDigest(swapped), listDigest(long));
});

test('hooks are a sample by hash that two lists agree on', () => {
  const few = listOf([1, 2, 3]);
  assert.deepEqual(hooksOf(few), [0, 16, 32].map((at) => few.hashes.readBigInt64BE(at)).sort(ascending));
  assert.deepEqual(hooksOf(listOf([])), []);
  const list = listOf(Array.from({ length: 20_000 }, () => 1));
  const hooks = hooksOf(list);
  assert.ok(hooks.length > 500 && hooks.length < 750);
  assert.deepEqual(hooks, [...new Set(hooks)].sort(ascending));
  assert.ok(hooks.slice(4).every((hook) => hook % 32n === 0n));
  const half = { ...list, ends: list.ends.slice(0, 10_000), hashes: list.hashes.subarray(0, 160_000) };
  const shared = new Set(hooks);
  assert.ok(
    hooksOf(half)
      .slice(4)
      .every((hook) => shared.has(hook)),
  );
  const twice = { ...list, hashes: Buffer.concat([list.hashes, list.hashes]) };
  assert.deepEqual(hooksOf(twice), hooks);
});

test('of a very long list the smallest 4,096 hooks are taken', () => {
  const list = listOf(Array.from({ length: limits.chunksPerListMax }, () => 1));
  for (let at = 7; at < list.hashes.length; at += CHUNK_HASH_BYTES) list.hashes[at] = 0;
  const hooks = hooksOf(list);
  assert.equal(hooks.length, 4_096);
  assert.deepEqual(hooks, [...hooks].sort(ascending));
});

test('the list of a content has the hash of each chunk that the oracle cuts, whatever the buffers', () => {
  const hasher = new ChunkHasher();
  const bytes = createCipheriv('aes-256-ctr', Buffer.alloc(32), Buffer.alloc(16)).update(Buffer.alloc(200_000));
  bytes.fill(0, 50_000, 120_000);
  const pieces = fc.array(fc.integer({ min: 1, max: 50_000 }), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(
      pieces,
      fc.nat(bytes.length),
      fc.constantFrom(2 ** 7, 2 ** 10, 2 ** 14),
      (piecesBytes, sizeBytes, averageBytes) => {
        hasher.start(averageBytes);
        for (let at = 0, piece = 0; at < sizeBytes; piece++) {
          const end = Math.min(at + (piecesBytes[piece % piecesBytes.length] ?? 1), sizeBytes);
          hasher.update(bytes.copy(hasher.buffer, 0, at, end));
          at = end;
        }
        const ends = oracleEnds(bytes.subarray(0, sizeBytes), averageBytes);
        const hashes = ends.map((end, index) => hashBytes(bytes.subarray(ends[index - 1] ?? 0, end)));
        assert.deepEqual(hasher.finish(), {
          averageBytes,
          ends: Float64Array.from(ends),
          hashes: Buffer.from(hashes.join(''), 'hex'),
        });
      },
    ),
  );
});

/** The result, or null where it was refused as invalid. Any other exception is one. */
function attempt<Result>(unpack: () => Result): Result | null {
  try {
    return unpack();
  } catch (error) {
    assert.ok(error instanceof BtsootError && error.kind === 'invalid', String(error));
    return null;
  }
}

function plainDigest({ ends, hashes }: ChunkList): string {
  const records = [...ends].map((end, index) => {
    const lengthBytes = Buffer.alloc(8);
    lengthBytes.writeBigUInt64LE(BigInt(end - (ends[index - 1] ?? 0)));
    return Buffer.concat([lengthBytes, hashes.subarray(16 * index, 16 * index + 16)]);
  });
  return hashBytes(Buffer.concat(records));
}

function ascending(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
