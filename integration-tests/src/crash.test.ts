import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PlanSummary, Step } from '@btsoot/shared/model/step.js';
import { shimMissing } from './crash/shim.js';
import { makeTrials, run, some } from './crash/trial.js';
import { seeded } from './harness/random.js';

/*
 * A sync and a restore, both with every kind of step, are recorded: each change that the agents make to their disks. Then the
 * disks are built as a crash between any two of these changes can leave them, and two agents have to go on from there. Here
 * some of these crashes are tried; `npm run test:crash` tries them all.
 */

/** What a plan's summary calls the steps of each kind. */
const counts: Readonly<Record<Step['kind'], keyof PlanSummary>> = {
  'make-directory': 'makeDirectory',
  move: 'move',
  put: 'put',
  copy: 'copy',
  'hard-link': 'hardLink',
  link: 'link',
  'make-special': 'makeSpecial',
  'set-metadata': 'setMetadata',
  remove: 'remove',
};

function kindsMissing(plan: PlanSummary): string[] {
  return Object.entries(counts).flatMap(([kind, count]) => (plan[count] > 0 ? [] : [kind]));
}

const seed = Number(process.env['CRASH_SEED'] ?? 1);
/** See `Trial.cost`. */
const costOfEach = 3;

test('whatever crash interrupts a sync or a restore, nothing is lost, and the next one converges', {
  skip: shimMissing,
}, async (t) => {
  const { trials, plans } = await makeTrials(t, 2);
  assert.deepEqual(kindsMissing(plans.sync), [], 'kinds of steps that the sync does not have');
  assert.deepEqual(kindsMissing(plans.restore), [], 'kinds of steps that the restore does not have');
  for (const trial of trials) {
    const { points, broken } = await run(some(trial, costOfEach, seeded(seed)));
    t.diagnostic(`${trial.name}: ${points} of ${trial.crashes.length} crashes, by the seed ${seed} (CRASH_SEED)`);
    assert.deepEqual(broken, [], trial.name);
  }
});
