import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shimMissing } from './crash/shim.js';
import { makeTrials, run, some } from './crash/trial.js';
import { seeded } from './harness/random.js';

/*
 * A sync with every kind of step, and a restore, are recorded: each change that the agents make to their disks. Then the
 * disks are built as a crash between any two of these changes can leave them, and two agents have to go on from there. Here
 * some of these crashes are tried; `npm run test:crash` tries them all.
 */

const seed = Number(process.env['CRASH_SEED'] ?? 1);
/** See `Trial.cost`. */
const costOfEach = 3;

test('whatever crash interrupts a sync or a restore, nothing is lost, and the next one converges', {
  skip: shimMissing,
}, async (t) => {
  for (const trial of await makeTrials(t, 2)) {
    const { points, broken } = await run(some(trial, costOfEach, seeded(seed)));
    t.diagnostic(`${trial.name}: ${points} of ${trial.crashes.length} crashes, by the seed ${seed} (CRASH_SEED)`);
    assert.deepEqual(broken, [], trial.name);
  }
});
