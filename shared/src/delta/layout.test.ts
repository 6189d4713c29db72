import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ByteWriter } from '../model/byte-fields.js';
import { chunkHash, chunkLength } from './chunk-index.js';
import type { ChunkList } from './chunk-list.js';
import { encodeLayout, type Layout, LayoutReader } from './layout.js';
import { cut, refusesOrSucceeds } from './testing.js';
import { corruption, noise, versions } from './testing-arbitraries.js';

const sizeOf = (list: ChunkList): number => list.ends.at(-1) ?? 0;

function read(sizeBytes: number, bases: readonly (ChunkList | null)[], bytes: Buffer, pieceBytes = bytes.length): Layout | null {
  const reader = new LayoutReader(sizeBytes, bases);
  for (let at = 0; at < bytes.length; at += pieceBytes) reader.push(bytes.subarray(at, at + pieceBytes));
  return reader.layout;
}

test('a layout comes back with the hashes that the bases know, in pieces of any size', () => {
  fc.assert(
    fc.property(versions(30_000), versions(30_000), fc.integer({ min: 1, max: 40 }), (a, b, pieceBytes) => {
      const target = cut(Buffer.concat([a.target, b.target]), 64);
      const bases = [cut(a.old, 64), null, cut(b.old, 64)];
      const layout = read(sizeOf(target), bases, encodeLayout(target, bases), pieceBytes);
      assert.deepEqual(layout?.ends, target.ends);
      assert.equal(layout?.averageBytes, 64);
      const held = new Set(bases.flatMap((list) => (list === null ? [] : keys(list))));
      for (const [index, key] of keys(target).entries()) {
        const hash: Buffer | null = layout?.knownHash(index) ?? null;
        assert.equal(hash?.toString('hex') ?? null, held.has(key) ? chunkHash(target, index).toString('hex') : null);
      }
    }),
    { numRuns: 100 },
  );
});

function keys(list: ChunkList): string[] {
  return Array.from(list.ends, (_, index) => `${chunkLength(list, index)} ${chunkHash(list, index).toString('hex')}`);
}

test('a chunk that was written over costs a handful of bytes', () => {
  const old = noise(1_000_000, 1);
  const target = Buffer.from(old);
  target[500_000] = 1;
  const bases = [cut(old, 1_024)];
  assert.ok(encodeLayout(cut(target, 1_024), bases).length <= 16);
});

test('a damaged layout is refused, is not complete, or covers the file', () => {
  fc.assert(
    fc.property(versions(20_000), corruption, ({ old, target }, corrupt) => {
      const list = cut(target, 64);
      const bases = [cut(old, 64)];
      refusesOrSucceeds(
        () => {
          const layout = read(target.length, bases, corrupt(encodeLayout(list, bases)));
          if (layout === null) return;
          assert.equal(layout.ends.at(-1) ?? 0, target.length);
          assert.ok(layout.ends.every((end, index) => end > (layout.ends[index - 1] ?? 0)));
        },
        'invalid',
        'not-found',
      );
    }),
    { numRuns: 300 },
  );
});

test('a list that is missing or another one is no broken message', () => {
  const bytes = noise(50_000, 2);
  const list = cut(bytes, 64);
  const encoded = encodeLayout(list, [list]);
  for (const other of [null, cut(bytes, 1_024), cut(noise(50_000, 3), 64)]) {
    refusesOrSucceeds(() => read(bytes.length, [other], encoded), 'not-found');
  }
  assert.throws(() => read(bytes.length, [null], encoded), { kind: 'not-found' });
});

test('what no list makes right is invalid', () => {
  const writing = (numbers: readonly number[]): Buffer => {
    const writer = new ByteWriter();
    writer.byte(16);
    for (const number of numbers) writer.varint(number);
    return writer.finish();
  };
  const basis = cut(noise(10_000, 4), 64);
  for (const [sizeBytes, bytes] of [
    [100, writing([100 + 8])],
    [100, writing([99 + 7, 1 + 7, 1 + 7])],
    [100, writing([1, 0, 1])],
    [100, Buffer.from([99, 107])],
    [2 ** 53 - 1, writing(Array(300_000).fill(8))],
    [100, Buffer.concat([writing([]), Buffer.alloc(100, 0xff)])],
  ] as const) {
    assert.throws(() => read(sizeBytes, [basis], bytes, 10_000), { kind: 'invalid' });
  }
});

test('a run as long as numbers go is refused before it is unrolled', () => {
  const basis = cut(noise(10_000, 5), 64);
  const writer = new ByteWriter();
  writer.byte(6);
  for (const number of [0, 0, Number.MAX_SAFE_INTEGER]) writer.varint(number);
  assert.throws(() => read(10_000, [basis], writer.finish()), { kind: 'not-found' });
});
