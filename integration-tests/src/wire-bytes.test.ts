import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { blockNames, syncBlock, wireCases, wireWorld } from './harness/wire-cases.js';
import { assertMirrored } from './harness/world.js';

/** Signatures vary by a few bytes, and a check of a large tree says now and then how far it is. */
const noOpSpreadMaxBytes = 256;

test('what a sync costs on the wire follows the change, not the tree', async (t) => {
  const world = await wireWorld(t);
  const noOpBytes: number[] = [];

  for (const { name, block, change, mostBytes, steps } of wireCases) {
    await t.test(`${name}: at most ${mostBytes} bytes`, async (t) => {
      change(world.trees[block]);
      const { outcome, wireBytes } = await syncBlock(world, block);
      t.diagnostic(`${wireBytes} bytes`);
      assert.ok(wireBytes <= mostBytes, `${wireBytes} bytes`);
      assert.equal(outcome.sentBytes, 0);
      if (steps !== undefined) assert.equal(outcome.steps, steps);
      if (steps === 0) noOpBytes.push(wireBytes);
    });
  }

  await t.test('a sync of nothing costs the same, however large the tree', () => {
    const [small = 0, large = Number.POSITIVE_INFINITY] = noOpBytes;
    assert.ok(Math.abs(large - small) <= noOpSpreadMaxBytes, `${small} and ${large} bytes`);
  });

  await t.test('and the mirrors are right', () => {
    for (const name of blockNames) assertMirrored(world.trees[name], join(world.remote.root, name));
  });
});
