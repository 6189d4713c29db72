import assert from 'node:assert/strict';
import { test } from 'node:test';
import { limits } from '@btsoot/shared/model/limits.js';
import fc from 'fast-check';
import { parseTimetable } from '../timetable.js';
import { type BlockState, failureDelayMs, keptToClock, nextDue } from './due.js';

const NOON = new Date(2026, 5, 1, 12).getTime();
const THREE_AT_NIGHT = new Date(2026, 5, 2, 3).getTime();
const DAY_MS = 24 * 60 * 60 * 1000;

const QUIET: BlockState = {
  schedule: null,
  watch: 'no',
  settleMs: 10_000,
  sinceMs: NOON,
  changed: null,
  walkedMs: NOON,
  isPartial: false,
  failure: null,
};

test('a block that nobody watches and that has no timetable is never due', () => {
  assert.equal(nextDue(QUIET), null);
});

test('a timetable is kept, and what was missed while nobody was there is made up for once', () => {
  const schedule = parseTimetable('0 3 * * *');
  const due = { looksAt: 'everything', why: 'timetable' };
  assert.deepEqual(nextDue({ ...QUIET, schedule }), { atMs: THREE_AT_NIGHT, ...due });
  assert.deepEqual(nextDue({ ...QUIET, schedule, walkedMs: NOON - 3 * DAY_MS }), { atMs: THREE_AT_NIGHT - 3 * DAY_MS, ...due });
  // Never synced: by the timetable, not at once.
  assert.deepEqual(nextDue({ ...QUIET, schedule, walkedMs: null }), { atMs: THREE_AT_NIGHT, ...due });
  assert.deepEqual(nextDue({ ...QUIET, schedule, walkedMs: THREE_AT_NIGHT }), { atMs: THREE_AT_NIGHT + DAY_MS, ...due });
});

test('what happened before the watch began is looked for at once', () => {
  const due = { atMs: NOON, looksAt: 'everything', why: 'watch' };
  assert.deepEqual(nextDue({ ...QUIET, watch: 'yes', walkedMs: null }), due);
  assert.deepEqual(nextDue({ ...QUIET, watch: 'yes', walkedMs: NOON - 1 }), due);
});

test('changes are due when they have come to rest, or have not for long', () => {
  const watched: BlockState = { ...QUIET, watch: 'yes' };
  const due = { looksAt: 'changes', why: 'changes' };
  const changed = { firstMs: NOON + 1_000, lastMs: NOON + 4_000 };
  assert.deepEqual(nextDue({ ...watched, changed }), { atMs: NOON + 14_000, ...due });
  const restless = { firstMs: NOON + 1_000, lastMs: NOON + 500_000 };
  const atMs = NOON + 1_000 + watched.settleMs * limits.settleTimesMax;
  assert.deepEqual(nextDue({ ...watched, changed: restless }), { atMs, ...due });
});

test('all is looked at now and then, and more often where not all changes are told', () => {
  const due = { looksAt: 'everything', why: 'watch' };
  assert.deepEqual(nextDue({ ...QUIET, watch: 'yes' }), { atMs: NOON + limits.watchWalkEveryMs, ...due });
  assert.deepEqual(nextDue({ ...QUIET, watch: 'blind' }), { atMs: NOON + limits.blindWalkEveryMs, ...due });
  assert.deepEqual(nextDue({ ...QUIET, watch: 'yes', isPartial: true }), { atMs: NOON + limits.blindWalkEveryMs, ...due });
});

test('what failed is tried again as it was, changes or not, and no later than the timetable says', () => {
  const failure = { atMs: NOON, delayMs: 60_000, looksAt: 'changes' } as const;
  const changed = { firstMs: NOON, lastMs: NOON };
  const retry = { atMs: NOON + 60_000, looksAt: 'changes', why: 'retry' };
  assert.deepEqual(nextDue({ ...QUIET, watch: 'yes', changed, failure }), retry);
  const schedule = parseTimetable('0 3 * * *');
  const late = { ...failure, delayMs: DAY_MS };
  assert.deepEqual(nextDue({ ...QUIET, schedule, failure: late }), {
    atMs: THREE_AT_NIGHT,
    looksAt: 'everything',
    why: 'timetable',
  });
});

test('retries come ever later, up to a bound, and not all at once', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1_000 }), fc.double({ min: 0, max: 1, noNaN: true }), (failures, random) => {
      const delayMs = failureDelayMs(failures, random);
      assert.ok(delayMs >= limits.agentRetryFirstMs / 2 && delayMs <= limits.agentRetryMaxMs);
      assert.ok(failureDelayMs(failures + 1, random) >= delayMs);
    }),
  );
});

test('where the clock was set back, nothing is waited for until it is there again', () => {
  const failure = { atMs: NOON + 2, delayMs: 60_000, looksAt: 'changes' } as const;
  const ahead = { sinceMs: NOON, changed: { firstMs: NOON + 3, lastMs: NOON + 4 }, walkedMs: NOON + 1, failure };
  assert.deepEqual(keptToClock(ahead, NOON + 4), ahead);
  const back = NOON - DAY_MS;
  const kept = { sinceMs: back, changed: { firstMs: back, lastMs: back }, walkedMs: back, failure: { ...failure, atMs: back } };
  assert.deepEqual(keptToClock(ahead, back), kept);
  const { sinceMs, changed, walkedMs } = QUIET;
  assert.deepEqual(keptToClock({ sinceMs, changed, walkedMs: null, failure: null }, back), {
    ...{ sinceMs: back, changed, walkedMs: null, failure: null },
  });
  // The watch began after it.
  assert.equal(keptToClock({ sinceMs, changed, walkedMs: (walkedMs ?? 0) - 1, failure: null }, back).walkedMs, null);
});
