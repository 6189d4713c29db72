import assert from 'node:assert/strict';
import { test } from 'node:test';
import { temporaryDirectory } from './harness/world.js';
import { playMany } from './model/play-many.js';
import { Site } from './model/site.js';
import { Tally } from './model/tally.js';

/*
 * Random sequences of edits, hand edits, syncs and faults against a model: see model/player.ts for what must hold. The same
 * few each time here; `npm run test:model` plays as many others as it is asked for.
 */

test('after whatever was done to it, a sync makes the mirror equal, and nothing that was there is lost', async (t) => {
  const site = await Site.open(t, temporaryDirectory(t));
  const tally = new Tally();
  const failures: string[] = [];
  await playMany(site, tally, {
    runs: 8,
    seed: 1,
    lengthMax: 60,
    until: Number.POSITIVE_INFINITY,
    restoresMax: 3,
    shrinkMaxMs: 60_000,
    say: (line) => {
      if (line.startsWith('FAILED')) failures.push(line);
    },
  });
  t.diagnostic(tally.line());
  assert.deepEqual(failures, []);
  for (const count of [tally.syncs, tally.handEdits, tally.kills, tally.cuts, tally.restores]) assert.ok(count > 0, tally.line());
});
