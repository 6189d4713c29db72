import assert from 'node:assert/strict';
import { test } from 'node:test';
import { brotliDecompressSync } from 'node:zlib';
import type { Op } from '@btsoot/shared/delta/op.js';
import { decodeOps } from '@btsoot/shared/delta/ops.js';
import { applyOps } from '@btsoot/shared/delta/testing.js';
import { limits } from '@btsoot/shared/model/limits.js';
import fc from 'fast-check';
import { SourceChanged, type SourceFile } from '../source-file.js';
import { type Frame, framesOf, type Packer } from './frames.js';
import { LiteralPacker } from './literals.js';
import { type Piece, piecesOf, splitPiece } from './pieces.js';

const basis = Buffer.from(Array.from({ length: 50_000 }, (_, index) => (index * index) % 251));

/** A file in memory, as far as it is read here. */
function fileOf(bytes: Buffer): SourceFile {
  const readNow = (position: number, length: number): Buffer => {
    if (position + length > bytes.length) throw new SourceChanged('it became shorter while it was read');
    return bytes.subarray(position, position + length);
  };
  return { read: async (position, length) => readNow(position, length), readNow, close: () => {} };
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

const asItIs: Packer = { pack: async (bytes) => ({ bytes, sizeBytes: 0 }) };

/** What a receiver makes of the frames. */
function received(frames: readonly Frame[], sizeBytes: number): Buffer {
  const parts: Buffer[] = [];
  let position = 0;
  for (const { order } of frames) {
    if (order.kind === 'data') parts.push(order.bytes);
    else {
      assert.equal(order.kind, 'patch');
      const ops = decodeOps(order.ops, { position, remainingBytes: sizeBytes - position, basesSizes: [basis.length] });
      const { literals, literalsSizeBytes } = order;
      parts.push(applyOps(ops, [basis], literalsSizeBytes > 0 ? brotliDecompressSync(literals) : literals));
    }
    position += parts.at(-1)?.length ?? 0;
  }
  return Buffer.concat(parts);
}

async function framed(pieces: readonly Piece[], packer: Packer): Promise<Frame[]> {
  return (await Promise.all(pieces.map((piece) => framesOf({ kind: 'piece', piece }, packer)))).flat();
}

const opArbitrary: fc.Arbitrary<Op> = fc.oneof(
  fc.record({ kind: fc.constant('literal' as const), lengthBytes: fc.integer({ min: 1, max: 20_000 }) }),
  fc.record({ kind: fc.constant('zeros' as const), lengthBytes: fc.integer({ min: 1, max: 9_000 }) }),
  fc
    .tuple(fc.nat(40_000), fc.integer({ min: 1, max: 10_000 }))
    .map(([from, lengthBytes]) => ({ kind: 'copy' as const, basis: 0, from, lengthBytes })),
);

/** The file that the ops make, with literals that shrink, that do not, and that are zeros in part. */
function fileFor(ops: readonly Op[]): Buffer {
  const parts = ops.map((op, index) => {
    if (op.kind === 'copy') return basis.subarray(op.from, op.from + op.lengthBytes);
    if (op.kind === 'zeros' || index % 3 === 0) return Buffer.alloc(op.lengthBytes);
    return Buffer.from(Array.from({ length: op.lengthBytes }, (_, at) => (index % 2 === 0 ? at * 7 : at * at * index) % 256));
  });
  return Buffer.concat(parts);
}

test('whatever the ops are, their frames make the file', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(opArbitrary, { minLength: 1, maxLength: 40 }),
      fc.integer({ min: 100, max: 100_000 }),
      async (ops, most) => {
        const file = fileFor(ops);
        const pieces = await collect(piecesOf(ops, fileOf(file), most));
        assert.ok(pieces.every(({ literals }) => literals.length <= most));
        for (const packer of [asItIs, new LiteralPacker()]) {
          const frames = await framed(pieces, packer);
          assert.ok(received(frames, file.length).equals(file));
          assert.equal(
            frames.reduce((sum, { rawBytes }) => sum + rawBytes, 0),
            pieces.reduce((sum, { literals }) => sum + literals.length, 0),
          );
        }
        const small = pieces.flatMap((piece) => splitPiece(piece, 700));
        assert.ok(small.every(({ literals }) => literals.length <= 700));
        assert.ok(received(await framed(small, asItIs), file.length).equals(file));
      },
    ),
    { numRuns: 60 },
  );
});

test('what does not shrink goes as plain data, by frames', async () => {
  const bytes = Buffer.from(Array.from({ length: 700_000 }, (_, index) => (index * 2_654_435_761) >>> 13));
  const ops: Op[] = [{ kind: 'literal', lengthBytes: bytes.length }];
  const frames = await framed(await collect(piecesOf(ops, fileOf(bytes), limits.unpackedSizeMaxBytes)), asItIs);
  assert.deepEqual(
    frames.map(({ order, wireBytes }) => [order.kind, wireBytes]),
    [
      ['data', limits.frameSizeMaxBytes],
      ['data', limits.frameSizeMaxBytes],
      ['data', bytes.length - 2 * limits.frameSizeMaxBytes],
    ],
  );
});

test('zeros are not sent', async () => {
  const bytes = Buffer.alloc(3_000_000);
  bytes.write('something', 1_500_000);
  const ops: Op[] = [{ kind: 'literal', lengthBytes: bytes.length }];
  const frames = await framed(await collect(piecesOf(ops, fileOf(bytes), limits.unpackedSizeMaxBytes)), asItIs);
  assert.equal(frames.length, 1);
  assert.equal(frames[0]?.wireBytes, 9);
  assert.ok(received(frames, bytes.length).equals(bytes));
});

test('a file that ends before its ops do has changed', async () => {
  await assert.rejects(
    collect(piecesOf([{ kind: 'literal', lengthBytes: 10 }], fileOf(Buffer.from('short')), 100)),
    SourceChanged,
  );
});
