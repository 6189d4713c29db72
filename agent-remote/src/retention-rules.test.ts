import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SessionRecord } from '@btsoot/shared/manifest/manifest.js';
import fc from 'fast-check';
import {
  candidates,
  defaultRules,
  dueThrough,
  nextForSpace,
  type RetentionRules,
  reclaimableBytes,
  wantedFreeBytes,
} from './retention-rules.js';

const day = 24 * 60 * 60 * 1_000_000;
const start = Date.UTC(2026, 0, 1) * 1_000;

/** Sessions 1, 2, 3, ... that ended on these days, newest first, as the manifest lists them. */
function sessionsOn(...days: number[]): SessionRecord[] {
  return ended(days.map((number) => start + number * day));
}

function ended(times: readonly number[]): SessionRecord[] {
  return times.map((finishedUs, index) => ({ ...EMPTY, number: index + 1, finishedUs })).toReversed();
}

const EMPTY: SessionRecord = {
  number: 0,
  startedUs: 0,
  finishedUs: 0,
  sourceName: 'nas',
  stateDigest: '',
  steps: 1,
  cutOff: false,
  tally: { added: 0, replaced: 0, moved: 0, described: 0, removed: 0, newBytes: 0 },
  keptVersions: 1,
  keptBytes: 100,
};

/** On day 100: the sessions that can still be restored. */
function left(sessions: readonly SessionRecord[], rules: Partial<RetentionRules>, nowUs = start + 100 * day): number[] {
  const through = dueThrough(candidates(sessions, { ...defaultRules, ...rules }, nowUs));
  return numbersFrom(sessions, through);
}

const numbersFrom = (sessions: readonly SessionRecord[], through: number): number[] =>
  sessions.map(({ number }) => number).filter((number) => number >= through);

const ages = sessionsOn(10, 50, 69, 71, 95, 98, 99);

test('by age alone, what is older goes, and the state that history reaches back to stays', () => {
  assert.deepEqual(left(ages, {}), [7, 6, 5, 4, 3]);
  assert.deepEqual(left(ages, { keepDays: 4 }), [7, 6, 5]);
  assert.deepEqual(left(ages, { keepDays: 1_000 }), [7, 6, 5, 4, 3, 2, 1]);
  assert.deepEqual(left(sessionsOn(1, 2), {}), [2], 'what the newest session has replaced grows old too');
});

test('at least so many stay, however old', () => {
  assert.deepEqual(left(ages, { keepSessionsMin: 6 }), [7, 6, 5, 4, 3, 2]);
  assert.deepEqual(left(sessionsOn(1, 2, 3), { keepSessionsMin: 5 }), [3, 2, 1]);
});

test('more than so many go, but none that is younger than the least age', () => {
  assert.deepEqual(left(ages, { keepSessionsMax: 4 }), [7, 6, 5, 4]);
  assert.deepEqual(left(ages, { keepSessionsMax: 1 }), [7, 6, 5, 4], 'of the last week all');
  assert.deepEqual(left(ages, { keepSessionsMax: 1, minAgeDays: 0 }), [7]);
  assert.deepEqual(left(ages, { keepSessionsMax: 2, minAgeDays: 0 }, 0), [7, 6], 'for that, no clock is needed');
  assert.deepEqual(left(ages, { keepSessionsMax: 100 }), [7, 6, 5, 4, 3], 'age counts beside it');
});

test('a source that syncs a thousand times shortens nothing', () => {
  const attack = sessionsOn(60, 80, 99, ...Array.from({ length: 1_000 }, () => 99.5));
  assert.equal(left(attack, { keepSessionsMax: 10 }).at(-1), 2);
});

test('for space they go one by one, the oldest first, down to the least age and number', () => {
  const rules: RetentionRules = { ...defaultRules, freeSpaceMin: { kind: 'percent', percent: 5 } };
  const found = candidates(ages, rules, start + 100 * day);
  const gone: number[] = [];
  for (let through = dueThrough(found); through !== 0; through = nextForSpace(found, through)) gone.push(through);
  assert.deepEqual(gone, [3, 4]);
  assert.equal(reclaimableBytes(found), 400);
  const kept = candidates(ages, { ...rules, keepSessionsMin: 5 }, start + 100 * day);
  assert.equal(nextForSpace(kept, dueThrough(kept)), 0);
  assert.equal(nextForSpace(candidates(ages, defaultRules, start + 100 * day), 0), 1, 'without the rule, only what is due');
  assert.equal(wantedFreeBytes(rules, 2_000), 100);
});

test('a session that runs, or was cut off and never ended, keeps what is behind it', () => {
  const open = [{ ...EMPTY, number: 8 }, ...ages];
  assert.deepEqual(left(open, {}), [8, 7, 6, 5, 4, 3]);
});

test('a clock that begins in 1970, or is set back, lets nothing go early', () => {
  const unset = 60_000_000;
  assert.deepEqual(left(ended([unset, 2 * unset, start + 99 * day]), {}), [3, 2, 1], 'they may be of yesterday');
  assert.deepEqual(left(ended([start + 90 * day, unset, start + 99 * day, unset]), {}), [4, 3, 2, 1]);
  assert.deepEqual(left(ages, {}, unset), [7, 6, 5, 4, 3, 2, 1], 'now is not known');
  assert.deepEqual(left(sessionsOn(20, 90, 30), {}), [3, 2, 1], 'the third ended after the second');
});

test('property: whatever low times a clock tells, no session goes before its time', () => {
  const session = fc.record({ afterDays: fc.nat(40), told: fc.constantFrom('right', 'right', 'unset', 'before the last one') });
  fc.assert(
    fc.property(fc.array(session, { minLength: 1, maxLength: 20 }), fc.nat(80), (run, nowAfterDays) => {
      const trueTimes: number[] = [];
      const told: number[] = [];
      let time = start;
      for (const one of run) {
        const highest = Math.max(0, ...told);
        time += (one.afterDays + 1) * day;
        trueTimes.push(time);
        if (one.told === 'right') told.push(time);
        else told.push(one.told === 'unset' ? 30_000_000 : Math.max(1, highest - 1));
      }
      const now = time + nowAfterDays * day;
      const found = candidates(ended(told), defaultRules, now);
      const through = dueThrough(found);
      const tooEarly = trueTimes.slice(0, through).filter((at) => at >= now - defaultRules.keepDays * day);
      assert.deepEqual(tooEarly, []);
    }),
  );
});
