import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ManifestInspection } from '@btsoot/shared/manifest/inspection.js';
import { Manifest } from '@btsoot/shared/manifest/manifest.js';
import type { Diagnosis, Level } from '@btsoot/shared/model/diagnosis.js';
import { limits } from '@btsoot/shared/model/limits.js';
import { temporaryFolder } from '../fixture.js';
import { defaultRules } from '../retention-rules.js';
import { judgeBlock, judgeScrub, judgeStraySlots } from './block-rules.js';
import { isRoomForTrial, tryDisk } from './disk-trial.js';
import { judgeCpu, judgeDisk, judgeListening, judgeMemory, judgePlace, judgeRetention, judgeSources } from './root-rules.js';
import { findStraySlots } from './stray-slots.js';

const GB = 1e9;
const DAY_US = 24 * 60 * 60 * 1_000_000;

function assertLevels(cases: readonly (readonly [Diagnosis, Level])[]): void {
  assert.deepEqual(
    cases.map(([diagnosis]) => diagnosis.level),
    cases.map(([, level]) => level),
    JSON.stringify(cases, null, 1),
  );
}

test('the root', () => {
  const place = { root: '/mnt/usb', type: 'ext4', isOnSystemDisk: false, isShared: false };
  const space = (freeBytes: number) => ({ freeBytes, totalBytes: 100 * GB });
  const floor = { ...defaultRules, freeSpaceMin: { kind: 'percent', percent: 5 } } as const;
  const port = { address: '0.0.0.0:7713', servedBy: null, otherWork: null, isAnswered: false };
  const source = { name: 'nas', isRevoked: false, grants: 'everything' };
  assertLevels([
    [judgePlace(place), 'good'],
    [judgePlace({ ...place, isOnSystemDisk: true }), 'warning'],
    [judgePlace({ ...place, isShared: true }), 'good'],
    [judgeRetention(defaultRules, space(10 * GB)), 'good'],
    [judgeRetention(defaultRules, space(10 * GB - 1)), 'warning'],
    [judgeRetention(floor, space(5 * GB)), 'good'],
    [judgeRetention(floor, space(5 * GB - 1)), 'warning'],
    [judgeMemory(150_000_000), 'good'],
    [judgeMemory(149_999_999), 'warning'],
    [judgeMemory(59_999_999), 'bad'],
    [judgeCpu(true), 'good'],
    [judgeCpu(false), 'good'],
    [judgeCpu(null), 'good'],
    [judgeDisk({ bytes: 4_000_000, writeMs: 2_000, isSame: true }), 'good'],
    [judgeDisk({ bytes: 4_000_000, writeMs: 2_001, isSame: true }), 'warning'],
    [judgeDisk({ bytes: 4_000_000, writeMs: 1, isSame: false }), 'bad'],
    [judgeListening(port), 'warning'],
    [judgeListening({ ...port, otherWork: 'process 7 scrubs it' }), 'good'],
    [judgeListening({ ...port, isAnswered: true }), 'bad'],
    [judgeListening({ ...port, servedBy: 7, isAnswered: true }), 'good'],
    [judgeListening({ ...port, servedBy: 7 }), 'bad'],
    [judgeSources([source]), 'good'],
    [judgeSources([{ ...source, isRevoked: true }]), 'warning'],
    [judgeSources([]), 'warning'],
  ]);
});

test('a block', () => {
  const state = { block: 'photos', folder: '/r/photos', isFolderThere: true, isJournalOpen: false, isServed: false, damaged: 0 };
  const levels = (changes: Partial<typeof state>) =>
    judgeBlock({ ...state, ...changes }).map(({ check, level }) => `${check} ${level}`);
  assert.deepEqual(levels({}), []);
  assert.deepEqual(levels({ isFolderThere: false }), ['folder bad']);
  assert.deepEqual(levels({ isJournalOpen: true }), ['journal warning']);
  assert.deepEqual(levels({ isJournalOpen: true, isServed: true }), []);
  assert.deepEqual(levels({ damaged: 1 }), ['damage bad']);
  const stray = { block: 'photos', directory: '/h', count: 0, first: [], isCut: false };
  assert.deepEqual(judgeStraySlots(stray), []);
  assert.equal(judgeStraySlots({ ...stray, isCut: true })[0]?.level, 'good');
  assert.match(
    judgeStraySlots({ ...stray, count: 5, first: ['a', 'b'] })[0]?.message ?? '',
    /^5 old versions in \/h .*: a, b, \.\.\.$/,
  );
});

test('when contents were last read again', () => {
  const nowUs = 100 * DAY_US;
  const judge = (lastDay: number | null, noticedDay: number | null, everyDays = 30) =>
    judgeScrub(
      'photos',
      {
        lastUs: lastDay === null ? null : lastDay * DAY_US,
        noticedUs: noticedDay === null ? null : noticedDay * DAY_US,
        isUnderWay: false,
        everyDays,
      },
      nowUs,
    );
  assertLevels([
    [judge(null, null), 'good'],
    [judge(null, 63), 'good'],
    [judge(null, 62), 'warning'],
    [judge(63, 1), 'good'],
    [judge(62.9, 1), 'warning'],
    [judge(1, 1, 0), 'good'],
  ]);
});

test('a trial of the disk leaves nothing behind, and ends in time', (t) => {
  const folder = temporaryFolder(t);
  const bytes = 700_001;
  const whole = tryDisk(folder, bytes);
  assert.deepEqual([whole.bytes, whole.isSame], [bytes, true]);
  assert.ok(whole.writeMs > 0);
  assert.equal(tryDisk(folder, bytes, 0).bytes, 0);
  assert.deepEqual(readdirSync(folder), []);
  const least = limits.doctorDiskFreeMinBytes;
  assert.deepEqual([isRoomForTrial(least), isRoomForTrial(least - 1)], [true, false]);
});

test('old versions without a row, whatever their names are; young ones may get theirs', (t) => {
  const folder = temporaryFolder(t);
  const [file, history] = [join(folder, 'manifest.db'), join(folder, 'history')];
  Manifest.open(file).close();
  mkdirSync(history);
  writeFileSync(Buffer.concat([Buffer.from(`${history}/`), Buffer.from([0xff, 0x31])]), 'x');
  const open = ManifestInspection.open(file);
  assert.ok(open !== null);
  t.after(() => open.close());
  const nowMs = Date.now();
  assert.equal(findStraySlots(open, 'photos', history, nowMs).count, 0);
  const later = findStraySlots(open, 'photos', history, nowMs + limits.doctorSlotAgeMinMs + 60_000);
  assert.deepEqual([later.count, later.first, later.isCut], [1, ['\\xff1'], false]);
  assert.equal(findStraySlots(open, 'photos', join(folder, 'none'), nowMs).count, 0);
  const isCut = (most: number) => findStraySlots(open, 'photos', history, nowMs, most).isCut;
  assert.deepEqual([isCut(1), isCut(0)], [false, true]);
});
