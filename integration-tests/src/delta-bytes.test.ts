import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type DeltaCase, deltaCases, testScale } from './harness/delta-cases.js';
import { assertMirrored, mustSync, pairedWorld } from './harness/world.js';

/*
 * A changed file costs what changed in it: the benchmark's cases, made smaller. What a sync takes to open a connection
 * and to agree does not get smaller with them, so it is allowed for beside the multiple of the floor.
 */

const agreementMostBytes = 6_000;

for (const deltaCase of deltaCases) {
  const { name, plant, change, target } = deltaCase;
  test(`${name}: at most ${mostBytes(deltaCase)} bytes at this scale`, async (t) => {
    const world = await pairedWorld(t, { plant: (tree) => plant(tree, testScale) });
    await mustSync(world);
    change(world.tree, testScale);
    const { outcome, wireBytes } = await mustSync(world);
    t.diagnostic(`${wireBytes} bytes`);
    assert.ok(wireBytes <= mostBytes(deltaCase), `${wireBytes} bytes`);
    if (target.noContent) assert.equal(outcome.sentBytes, 0);
    assertMirrored(world.tree, world.mirror);
  });
}

function mostBytes({ target, testFloorBytes }: DeltaCase): number {
  return target.mostBytes ?? agreementMostBytes + Math.round((target.mostFloors ?? 0) * testFloorBytes);
}
