import assert from 'node:assert/strict';
import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { treeDifferences } from './harness/compare.js';
import { seeded } from './harness/random.js';
import { mustSync, pairedWorld } from './harness/world.js';

const GiB = 1024 ** 3;

test('files over 2 GiB and over 4 GiB arrive whole', async (t) => {
  const world = await pairedWorld(t);
  plantSparse(join(world.tree, 'over 2 GiB'), 2 * GiB + 12_345);
  plantSparse(join(world.tree, 'over 4 GiB'), 4 * GiB + 54_321);
  await mustSync(world);
  assert.deepEqual(treeDifferences(world.tree, world.mirror), []);
  const { outcome } = await mustSync(world);
  assert.equal(outcome.kind, 'unchanged');
});

/** Real bytes at the start, at the end and across each 32-bit border; holes between them, to spare the disk. */
function plantSparse(path: string, sizeBytes: number): void {
  const random = seeded(sizeBytes);
  const descriptor = openSync(path, 'wx');
  try {
    ftruncateSync(descriptor, sizeBytes);
    for (const border of [0, 2 * GiB, 4 * GiB, sizeBytes]) {
      const start = Math.max(0, Math.min(border, sizeBytes) - 50_000);
      const length = Math.min(100_000, sizeBytes - start);
      writeSync(descriptor, random.bytes(length), 0, length, start);
    }
  } finally {
    closeSync(descriptor);
  }
}
