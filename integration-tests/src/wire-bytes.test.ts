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

  for (const { name, block, change, mostBytes, moves } of wireCases) {
    await t.test(`${name}: at most ${mostBytes} bytes`, async (t) => {
      change(world.trees[block]);
      const { outcome, wireBytes } = await syncBlock(world, block);
      t.diagnostic(`${wireBytes} bytes`);
      assert.ok(wireBytes <= mostBytes, `${wireBytes} bytes`);
      assert.equal(outcome.sentBytes, 0);
      const { move = 0, setMetadata = 0 } = outcome.plan?.summary ?? {};
      assert.equal(move, moves);
      assert.equal(outcome.steps, move + setMetadata, 'beside renames there is at most the time of a folder to set');
      if (moves === 0) noOpBytes.push(wireBytes);
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
