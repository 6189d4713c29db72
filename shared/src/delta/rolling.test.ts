import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { RollingScan, weakSum } from './rolling.js';
import { noise } from './testing-arbitraries.js';

test('the rolled sum is that of the window, wherever the scan is stopped and goes on', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 65, maxLength: 400 }), fc.integer({ min: 1, max: 50 }), (bytes, step) => {
      const scan = new RollingScan(64, [], 0);
      scan.start(bytes, 0);
      const last = bytes.length - 64;
      for (let at = 0; at < last; ) {
        at = scan.scan(bytes, at, Math.min(at + step, last));
        assert.equal(scan.hash, weakSum(bytes, at, at + 64));
      }
    }),
  );
});

test('the scan stops at every window that is wanted', () => {
  const bytes = noise(50_000, 1);
  const wanted = [1, 100, 101, 30_000, 49_936];
  const scan = new RollingScan(
    64,
    wanted.map((at) => weakSum(bytes, at, at + 64)),
    wanted.length,
  );
  scan.start(bytes, 0);
  const stops = new Set<number>();
  for (let at = 0; at < bytes.length - 64; ) {
    at = scan.scan(bytes, at, bytes.length - 64);
    if (scan.isWanted()) stops.add(at);
  }
  assert.ok(wanted.every((at) => stops.has(at)));
  assert.ok(stops.size < 1_000);
});

/** Of n different blocks, about n * n / 2^33 pairs have one sum by chance: for these, less than one. */
function collisions(blocks: readonly Buffer[]): number {
  const different = new Map(blocks.map((block) => [block.toString('latin1'), block]));
  return different.size - new Set([...different.values()].map((block) => weakSum(block, 0, block.length))).size;
}

test('patterned data has as many different sums as noise', () => {
  const counter = Buffer.alloc(80_000);
  for (let at = 0; at < counter.length; at += 4) counter.writeUInt32BE(at / 4, at);
  const fewSymbols = noise(20_000, 2).map((byte) => 48 + (byte & 1)) as Buffer;
  const text = Buffer.from(Array.from({ length: 2_000 }, (_, line) => `2026-01-01 10:00:00 line ${line}\n`).join(''));
  for (const bytes of [counter, fewSymbols, text]) {
    const blocks = Array.from({ length: 20_000 }, (_, at) => bytes.subarray(at, at + 64)).filter(({ length }) => length === 64);
    assert.ok(collisions(blocks) <= 2);
  }
});

test('the order of records counts', () => {
  const records = Array.from({ length: 6 }, (_, index) => noise(32, 10 + index));
  const orders = permutations([0, 1, 2, 3, 4, 5]);
  assert.equal(orders.length, 720);
  assert.equal(collisions(orders.map((order) => Buffer.concat(order.map((index) => records[index] ?? assert.fail())))), 0);
});

function permutations(items: readonly number[]): number[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item) => permutations(items.filter((other) => other !== item)).map((rest) => [item, ...rest]));
}
