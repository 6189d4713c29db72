import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sample } from './crash/crashes.js';
import { shimMissing } from './crash/shim.js';
import { Survivors } from './crash/survivors.js';
import { allCrashes, judgeAll, recordSync } from './crash/trial.js';
import { seeded } from './harness/random.js';

/*
 * A sync with every kind of step is recorded, each change that both agents make to their disks. Then the disks are built as
 * a crash between any two of these changes can leave them, and two agents have to go on from there. Here some of these
 * crashes are tried; `npm run test:crash` tries them all.
 */

const seed = Number(process.env['CRASH_SEED'] ?? 1);
const crashesOfEach = 7;

test('whatever crash interrupts a sync, nothing is lost, and the next one converges', { skip: shimMissing }, async (t) => {
  const { lab, recording, expected } = await recordSync(t);
  const survivors = await Survivors.start(t, lab, recording.before);
  for (const [name, crashes] of allCrashes(recording, 2)) {
    const { broken } = await judgeAll(survivors, sample(crashes, recording, crashesOfEach, seeded(seed)), expected);
    t.diagnostic(`${name}: ${crashesOfEach} of ${crashes.length} crashes, by the seed ${seed} (CRASH_SEED)`);
    assert.deepEqual(broken, [], name);
  }
});
