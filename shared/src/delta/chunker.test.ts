import assert from 'node:assert/strict';
import { createCipheriv } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { hashBytes } from '../model/xxh3.js';
import { Chunker } from './chunker.js';
import { oracleEnds } from './chunker-oracle.js';
import { cutFor } from './cut.js';
import { makeGear } from './gear.js';

const KIB = 1024;
const MIB = 1024 * KIB;
const chunker = new Chunker();

/** Bytes without a pattern, the same ones for a seed each time. */
function noise(sizeBytes: number, seed = 0): Buffer {
  const key = Buffer.alloc(32, seed);
  return createCipheriv('aes-256-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(sizeBytes));
}

/** The ends that the chunker finds when the bytes come in pieces of these lengths, over and over. */
function endsOf(bytes: Buffer, averageBytes: number, piecesBytes: readonly number[] = [chunker.buffer.length]): number[] {
  const ends: number[] = [];
  chunker.start(averageBytes);
  for (let at = 0, piece = 0; at < bytes.length; piece++) {
    const taken = bytes.copy(chunker.buffer, 0, at, at + (piecesBytes[piece % piecesBytes.length] ?? 1));
    for (const end of chunker.push(taken)) ends.push(at + end);
    at += taken;
  }
  return bytes.length === 0 || ends.at(-1) === bytes.length ? ends : [...ends, bytes.length];
}

function chunksOf(bytes: Buffer, averageBytes: number): Set<string> {
  const ends = endsOf(bytes, averageBytes);
  return new Set(ends.map((end, index) => hashBytes(bytes.subarray(ends[index - 1] ?? 0, end))));
}

function missingFrom(known: ReadonlySet<string>, wanted: ReadonlySet<string>): number {
  return [...wanted].filter((hash) => !known.has(hash)).length;
}

const pieceOfData = fc.oneof(
  fc.tuple(fc.nat(20_000), fc.nat(255)).map(([sizeBytes, seed]) => noise(sizeBytes, seed)),
  fc.nat(20_000).map((sizeBytes) => Buffer.alloc(sizeBytes)),
  fc
    .tuple(fc.nat(20_000), fc.uint8Array({ minLength: 1, maxLength: 40 }))
    .map(([sizeBytes, pattern]) => Buffer.alloc(sizeBytes, pattern)),
);
const data = fc.array(pieceOfData, { maxLength: 6 }).map((pieces) => Buffer.concat(pieces));
const averages = fc.integer({ min: 4, max: 14 }).map((log2) => 2 ** log2);

test('any bytes in any pieces are cut where the oracle cuts them', () => {
  const pieces = fc.array(fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 30_000 })), {
    minLength: 1,
    maxLength: 8,
  });
  fc.assert(
    fc.property(data, averages, pieces, (bytes, averageBytes, piecesBytes) => {
      assert.deepEqual(endsOf(bytes, averageBytes, piecesBytes), oracleEnds(bytes, averageBytes));
    }),
  );
});

test('a border at each single byte of a chunk changes nothing', () => {
  const bytes = noise(2 * KIB);
  const known = oracleEnds(bytes, 256);
  for (let border = 1; border < bytes.length; border++) {
    assert.deepEqual(endsOf(bytes, 256, [border, bytes.length - border]), known, `a border at ${border}`);
  }
});

test('large and real files are cut where the oracle cuts them, at every average', () => {
  const folder = fileURLToPath(new URL('../../../node_modules', import.meta.url));
  const real = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => /\.(js|c|node|ts)$/.test(path))
    .filter((path) => statSync(path).size > 256 * KIB && statSync(path).isFile())
    .slice(0, 6)
    .map((path) => readFileSync(path));
  assert.ok(real.length >= 3);
  const sparse = Buffer.concat([noise(MIB), Buffer.alloc(3 * MIB + 5), noise(2 * MIB, 1)]);
  for (const bytes of [sparse, ...real]) {
    for (const averageBytes of [2 ** 14, 2 ** 17, 2 ** 20]) {
      assert.deepEqual(endsOf(bytes, averageBytes), oracleEnds(bytes, averageBytes));
    }
  }
});

test('chunks keep their bounds, and their average comes near the aim', () => {
  for (const averageBytes of [2 ** 10, 2 ** 14, 2 ** 16]) {
    const ends = endsOf(noise(32 * MIB), averageBytes);
    const lengths = ends.map((end, index) => end - (ends[index - 1] ?? 0));
    const { minBytes, maxBytes } = cutFor(averageBytes);
    assert.ok(lengths.slice(0, -1).every((lengthBytes) => lengthBytes > minBytes && lengthBytes <= maxBytes));
    const mean = (32 * MIB) / lengths.length;
    assert.ok(Math.abs(mean / averageBytes - 1) < 0.3, `${mean} bytes on average where ${averageBytes} are the aim`);
  }
});

test('a run of one byte makes the longest chunks', () => {
  const averageBytes = 2 ** 14;
  for (let byte = 0; byte < 256; byte++) {
    assert.deepEqual(oracleEnds(Buffer.alloc(5 * averageBytes, byte), averageBytes), [4 * averageBytes, 5 * averageBytes]);
  }
});

test('an insertion changes the chunks around it and no others', () => {
  const old = noise(16 * MIB);
  const known = chunksOf(old, 2 ** 14);
  const atStart = chunksOf(Buffer.concat([noise(1000, 1), old]), 2 ** 14);
  const within = chunksOf(Buffer.concat([old.subarray(0, 9 * MIB), Buffer.of(7), old.subarray(9 * MIB)]), 2 ** 14);
  assert.ok(missingFrom(known, atStart) <= 4, `${missingFrom(known, atStart)} new chunks`);
  assert.ok(missingFrom(known, within) <= 4, `${missingFrom(known, within)} new chunks`);
});

test('an average beyond what the hash can tell still keeps the bounds', () => {
  const cut = cutFor(2 ** 40);
  assert.deepEqual([cut.hardThreshold, cut.easyThreshold], [1, 1]);
  assert.deepEqual(endsOf(noise(MIB), 2 ** 40), [MIB]);
});

test('lists that exist already stay valid: the cuts of known bytes never change', () => {
  const gear = makeGear();
  assert.equal(hashBytes(Buffer.from(gear.buffer)), 'f1028ea7a34d27c9c410509204ccc92a');
  assert.equal(hashBytes(Buffer.from(endsOf(noise(4 * MIB), 2 ** 14).join())), '3f48d610678433aa4c03d622e136f058');
});
