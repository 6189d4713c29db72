import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { brotliDecompressSync } from 'node:zlib';
import { limits } from '@btsoot/shared/model/limits.js';
import { LiteralPacker, type PackedLiterals } from './literals.js';

const FULL_BYTES = limits.unpackedSizeMaxBytes;

/** Lines as a log has them. */
function text(sizeBytes: number): Buffer {
  let lines = '';
  for (let line = 0; lines.length < sizeBytes; line += 1) {
    const noise = ((line * 2_654_435_761) >>> 0).toString(36);
    lines += `2026-11-23 10:${line % 60} host service[${line % 977}]: request ${noise} done in ${line % 389} ms\n`;
  }
  return Buffer.from(lines.slice(0, sizeBytes));
}

function unpack({ bytes, sizeBytes }: PackedLiterals): Buffer {
  return sizeBytes === 0 ? bytes : brotliDecompressSync(bytes, { maxOutputLength: sizeBytes });
}

test('text shrinks and comes back whole, at every size', async () => {
  const packer = new LiteralPacker();
  for (const sizeBytes of [0, 1, 10, 200, 4_096, 16_384, 16_385, 70_000, 300_000, FULL_BYTES - 1, FULL_BYTES]) {
    const raw = text(sizeBytes);
    const packed = await packer.pack(raw);
    assert.ok(unpack(packed).equals(raw));
    assert.equal(packed.sizeBytes === 0 || packed.sizeBytes === sizeBytes, true);
    assert.ok(sizeBytes < 200 || packed.bytes.length < sizeBytes / 2, `${sizeBytes} became ${packed.bytes.length}`);
  }
});

test('what does not shrink is handed on as it is', async () => {
  const packer = new LiteralPacker();
  for (const sizeBytes of [1, 50, 4_096, 100_000, FULL_BYTES]) {
    const raw = randomBytes(sizeBytes);
    const packed = await packer.pack(raw);
    assert.deepEqual([packed.bytes === raw, packed.sizeBytes], [true, 0]);
  }
});

test('a large file of media is looked at less and less, the next file from its beginning', async () => {
  const packer = new LiteralPacker();
  const media = randomBytes(FULL_BYTES);
  for (let block = 0; block < 511; block += 1) await packer.pack(media);
  // After 1, 2, 4, 8, 16 and then each 32 MiB.
  assert.ok(packer.samples <= 21, `${packer.samples} samples`);
  await packer.pack(media.subarray(0, 1_000_000));
  const before = packer.samples;
  assert.ok((await packer.pack(text(FULL_BYTES))).sizeBytes > 0);
  assert.equal(packer.samples, before + 1);
});

test('a file whose first part is media is compressed from where it shrinks on', async () => {
  const packer = new LiteralPacker();
  const media = randomBytes(FULL_BYTES);
  for (let block = 0; block < 4; block += 1) await packer.pack(media);
  const shrunk: boolean[] = [];
  for (let block = 0; block < 8; block += 1) shrunk.push((await packer.pack(text(FULL_BYTES))).sizeBytes > 0);
  assert.deepEqual(shrunk.slice(shrunk.indexOf(true)), Array(8 - shrunk.indexOf(true)).fill(true));
  assert.ok(shrunk.indexOf(true) <= 4);
});

test('small files of both kinds in one block: it is looked at in several places', async () => {
  const packer = new LiteralPacker();
  const mixed = Buffer.concat([randomBytes(60_000), text(190_000)]);
  assert.ok((await packer.pack(mixed)).bytes.length < 120_000);
});

test('blocks may be given ahead, and come back in order', async () => {
  const packer = new LiteralPacker();
  const blocks = Array.from({ length: 6 }, (_, index) => Buffer.concat([text(100_000), Buffer.from(`block ${index}`)]));
  const packed = await Promise.all(blocks.map((block) => packer.pack(block)));
  for (const [index, one] of packed.entries()) assert.ok(unpack(one).equals(blocks[index] as Buffer));
  await assert.rejects(packer.pack(Buffer.alloc(FULL_BYTES + 1)), { kind: 'internal' });
});

/**
 * A sender that packs one block at a time, at the speeds of a fast core, on a link with room for one message in its buffers.
 * @returns how much content came through in the second half of that time
 */
async function simulate(wireBytesPerMs: number, forMs: number): Promise<{ packer: LiteralPacker; bytesPerMs: number }> {
  let nowMs = 0;
  let linkFreeMs = 0;
  let lateBytes = 0;
  const packer = new LiteralPacker(() => nowMs);
  const raw = text(64 * 1024);
  const costs = { 0: 0, 1: 1 / 150_000, 3: 1 / 95_000, 5: 1 / 33_000, 7: 1 / 21_000, 9: 1 / 13_000, 11: 1 / 700 };
  while (nowMs < forMs) {
    const costMs = raw.length * costs[packer.quality] + 0.01;
    const pending = packer.pack(raw);
    // It has begun, and takes its time on this clock.
    for (let turn = 0; turn < 10; turn += 1) await null;
    nowMs += costMs;
    const { bytes } = await pending;
    const waitMs = Math.max(linkFreeMs - nowMs, 0);
    nowMs += waitMs;
    linkFreeMs = nowMs + bytes.length / wireBytesPerMs;
    packer.waited(waitMs, bytes.length);
    if (nowMs > forMs / 2) lateBytes += raw.length;
  }
  return { packer, bytesPerMs: lateBytes / (forMs / 2) };
}

test('a link that is waited for gets the best compression, one that never is gets none', async () => {
  assert.equal((await simulate(300, 2_000)).packer.quality, 9);
  assert.equal((await simulate(400_000, 1_100)).packer.quality, 0);
});

test('content comes through at least as quickly as without compression', async () => {
  for (const wireBytesPerMs of [800, 118_000]) {
    const { bytesPerMs } = await simulate(wireBytesPerMs, 1_400);
    assert.ok(bytesPerMs > 0.95 * wireBytesPerMs, `${bytesPerMs} through a link of ${wireBytesPerMs}`);
  }
});
