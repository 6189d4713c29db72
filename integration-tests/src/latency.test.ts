import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { seeded } from './harness/random.js';
import { file, plant, plantCrowd } from './harness/tree.js';
import { pairedWorld, syncAndCheck } from './harness/world.js';

/*
 * A link with 100 ms of round-trip time must be as full as one with none. What is guarded against is not a few percent
 * but a factor: with HTTP/2's default window the large file takes over a minute, with a round trip a file the small
 * ones take several.
 */

const oneWayMs = 50;
const deadlineMs = 30_000;

test('a link with 100 ms of round-trip time is kept full', async (t) => {
  const world = await pairedWorld(t, { delayMs: oneWayMs });

  await t.test('by one large file', async () => {
    plant(world.tree, file('large', seeded(1).bytes(64_000_000)));
    await withinDeadline(() => syncAndCheck(world));
  });

  await t.test('by many small ones', async () => {
    mkdirSync(join(world.tree, 'small'));
    plantCrowd(join(world.tree, 'small'), { folders: 5, filesPerFolder: 1_000, fileSizeBytes: 500 }, seeded(2));
    await withinDeadline(() => syncAndCheck(world));
  });
});

async function withinDeadline(work: () => Promise<unknown>): Promise<void> {
  const startedMs = performance.now();
  await work();
  const tookMs = performance.now() - startedMs;
  assert.ok(tookMs < deadlineMs, `took ${Math.round(tookMs)} ms`);
}
