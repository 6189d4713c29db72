import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TreePath } from '@btsoot/shared/model/bytes.js';
import type { Diagnosis, Level } from '@btsoot/shared/model/diagnosis.js';
import type { LastResult } from '../last-result.js';
import { parseTimetable } from '../timetable.js';
import { type Habit, judgeLastSync } from './last-sync.js';
import { judgeAgent, judgeLinkSpeed, judgeTrip, judgeVersions } from './remote-rules.js';
import { judgeRemoteFolder, judgeSharedTargets } from './targets.js';
import { judgeSourceDisk, judgeWatching } from './watching.js';

const DAY_US = 24 * 60 * 60 * 1_000_000;
const NOW_US = Date.parse('2026-06-30T12:00:00Z') * 1000;

function assertLevels(cases: readonly (readonly [Diagnosis, Level])[]): void {
  assert.deepEqual(
    cases.map(([diagnosis]) => diagnosis.level),
    cases.map(([, level]) => level),
    JSON.stringify(cases, null, 1),
  );
}

const LAST: LastResult = {
  ...{ kind: 'done', finishedUs: NOW_US, goodUs: NOW_US, durationMs: 1, sentBytes: 0, savedBytes: 0, steps: 0, entries: 1 },
  ...{ session: 1, reasons: [], problems: [], problemCount: 0, keptEntries: 0, error: null },
};

test('how the last sync ended, and how long ago', () => {
  const judge = (last: Partial<LastResult> | null, habit: Partial<Habit> = {}) =>
    judgeLastSync(
      { block: 'photos', watch: false, schedule: null, ...habit },
      last === null ? null : { ...LAST, ...last },
      NOW_US,
    );
  const ago = (days: number, habit: Partial<Habit> = {}) => judge({ goodUs: NOW_US - days * DAY_US, finishedUs: NOW_US }, habit);
  const monthly = { schedule: parseTimetable('0 3 1 * *') };
  assertLevels([
    [judge(null), 'warning'],
    [judge({}), 'good'],
    [judge({ kind: 'unchanged' }), 'good'],
    [judge({ kind: 'planned', goodUs: 0 }), 'warning'],
    [judge({ kind: 'partial', problemCount: 2 }), 'warning'],
    [judge({ kind: 'refused', reasons: ['too much'] }), 'bad'],
    [judge({ kind: 'refused', reasons: ['no room.'], acceptable: false }), 'bad'],
    [judge({ kind: 'failed', error: { kind: 'unreachable', message: 'no connection', hint: 'Is it on?' } }), 'bad'],
    [ago(7), 'good'],
    [ago(7.01), 'warning'],
    [ago(3, { watch: true }), 'good'],
    [ago(3.01, { watch: true }), 'warning'],
    [ago(29, monthly), 'good'],
    [ago(32, monthly), 'warning'],
  ]);
  const full = judge({ kind: 'refused', reasons: ['There is no room.'], acceptable: false });
  assert.match(full.message, /: There is no room$/);
  assert.doesNotMatch(full.level === 'good' ? '' : full.advice, /--accept/);
  const failed = judge({ kind: 'failed', error: { kind: 'io', message: 'no', hint: 'Is it on?' } });
  assert.equal(failed.level === 'good' ? '' : failed.advice, 'Is it on?');
});

test('what the kernel lets be watched', () => {
  const levels = (folders: number, blocks = 1) =>
    judgeWatching({ blocks, folders, watchesMax: 10_000, instancesMax: 128 }).map(({ level }) => level);
  assert.deepEqual(levels(9_000), ['good']);
  assert.deepEqual(levels(9_001), ['warning']);
  assert.deepEqual(levels(10, 112), ['good']);
  assert.deepEqual(levels(9_001, 113), ['warning', 'warning']);
  assert.deepEqual(levels(10, 0), []);
  const [diagnosis] = judgeWatching({ blocks: 1, folders: 300_000, watchesMax: 65_536, instancesMax: null });
  assert.match(JSON.stringify(diagnosis), /fs\.inotify\.max_user_watches=1048576 /);
  assert.deepEqual(
    judgeWatching({ blocks: 1, folders: 1e6, watchesMax: null, instancesMax: null }).map(({ level }) => level),
    ['good'],
  );
});

test("the source's file system", () => {
  const disk = { type: 'ext4', shared: null, hasBirthTimes: true };
  assertLevels([
    [judgeSourceDisk('photos', true, disk), 'good'],
    [judgeSourceDisk('photos', false, { ...disk, shared: { type: 'nfs4', at: '/tree/nas' } }), 'good'],
    [judgeSourceDisk('photos', true, { ...disk, shared: { type: 'nfs4', at: '/tree/nas' } }), 'warning'],
    [judgeSourceDisk('photos', true, { ...disk, type: 'vfat', hasBirthTimes: false }), 'good'],
  ]);
});

test('blocks with one target', () => {
  const to = (name: string, remote: string, folder: string) => ({
    name,
    target: { kind: 'remote' as const, remote, folder: folder as TreePath },
  });
  assert.deepEqual(judgeSharedTargets([to('a', 'pi', 'x'), to('b', 'pi', 'y'), to('c', 'nas', 'x')]), []);
  const [shared, ...more] = judgeSharedTargets([to('a', 'pi', 'x'), to('b', 'pi', 'x')]);
  assert.deepEqual([shared?.about, shared?.level, more.length], ['a, b', 'bad', 0]);
});

test('what a remote says', () => {
  assertLevels([
    [judgeTrip('pi', 'pi:7713', 2_000), 'good'],
    [judgeTrip('pi', 'pi:7713', 2_001), 'warning'],
    [judgeVersions('pi', { own: '1', peer: '1', tells: true }), 'good'],
    [judgeVersions('pi', { own: '1', peer: '2', tells: true }), 'good'],
    [judgeVersions('pi', { own: '1', peer: '0.9', tells: false }), 'warning'],
    [judgeLinkSpeed('pi', { up: 1, down: 1 }), 'good'],
    [judgeLinkSpeed('pi', { up: 0, down: 0 }), 'warning'],
    [judgeLinkSpeed('pi', { up: 5, down: 0 }), 'warning'],
    [judgeRemoteFolder('photos', 'pi', 'photos', ['music', 'photos']), 'good'],
    [judgeRemoteFolder('photos', 'pi', 'photos', []), 'bad'],
  ]);
});

test('the agent', () => {
  assertLevels([
    [judgeAgent('here', null, '1', []), 'good'],
    [judgeAgent('here', null, '1', ['photos']), 'bad'],
    [judgeAgent('here', { pid: 1, version: '1' }, '1', ['photos']), 'good'],
    [judgeAgent('here', { pid: 1, version: '0' }, '1', []), 'warning'],
  ]);
});
