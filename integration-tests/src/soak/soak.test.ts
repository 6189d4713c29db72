import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Cleanup } from '../harness/cleanup.js';
import { seeded } from '../harness/random.js';
import { leaksIn } from './leaks.js';
import { soak } from './soak.js';
import { openStage } from './stage.js';

test('agents that run as services under changes, cuts and restarts mirror everything, and pile nothing up', async (t) => {
  const random = seeded(7);
  const stage = await openStage(Cleanup.within(t), random);
  const soaked = await soak(stage, { minutes: 0.25, points: 2, random, say: (line) => t.diagnostic(line) });
  assert.deepEqual(leaksIn(soaked.samples), []);
});
