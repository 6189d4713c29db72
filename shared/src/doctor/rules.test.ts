import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Capabilities } from '../disk/capabilities.js';
import { type Diagnosis, type Level, worstLevel } from '../model/diagnosis.js';
import { BtsootError } from '../model/errors.js';
import { limits } from '../model/limits.js';
import { judgeCapabilities } from './capabilities.js';
import { judgeValidity } from './certificate.js';
import { judgeClock, judgeSkew } from './clock.js';
import { isChecked, judgeManifest } from './manifests.js';
import { judgePrivateFiles, type PrivateFile } from './private-files.js';
import { judgeNativeParts, judgeNode } from './runtime.js';
import { judgeInodes, judgeSpace, judgeStateSpace } from './space.js';
import { diagnosesJson, diagnosisLine, summaryLine, UNCOLOURED } from './text.js';

const DAY_MS = 24 * 60 * 60 * 1000;
const NOW_MS = Date.parse('2026-06-01T12:00:00Z');
const GB = 1e9;

function assertLevels(cases: readonly (readonly [Diagnosis, Level])[]): void {
  assert.deepEqual(
    cases.map(([diagnosis]) => diagnosis.level),
    cases.map(([, level]) => level),
    JSON.stringify(cases, null, 1),
  );
}

test('certificates', () => {
  const until = (untilMs: number, fromMs = 0) =>
    judgeValidity('pi', 'its certificate', { fromMs, untilMs }, NOW_MS, 'Pair again.');
  assertLevels([
    [until(NOW_MS + 180 * DAY_MS), 'good'],
    [until(NOW_MS + 180 * DAY_MS - 1), 'warning'],
    [until(NOW_MS + 1), 'warning'],
    [until(NOW_MS), 'bad'],
    [until(NOW_MS + 1000 * DAY_MS, NOW_MS + 1), 'bad'],
  ]);
});

test('clocks', () => {
  const nowUs = NOW_MS * 1000;
  const dayUs = DAY_MS * 1000;
  assertLevels([
    [judgeClock('here', limits.clockMinUs, 0), 'good'],
    [judgeClock('here', limits.clockMinUs - 1, 0), 'bad'],
    [judgeClock('here', nowUs, nowUs + dayUs), 'good'],
    [judgeClock('here', nowUs, nowUs + dayUs + 1), 'bad'],
    [judgeSkew('pi', 59_999_999, 0), 'good'],
    [judgeSkew('pi', -60_000_000, 0), 'warning'],
    [judgeSkew('pi', 60_000_000, 1), 'good'],
    [judgeSkew('pi', -dayUs, 0), 'bad'],
  ]);
  assert.match(judgeSkew('pi', -120_000_000, 0).message, /2 min behind ours/);
  assert.match(judgeSkew('pi', 120_000_000, 0).message, /2 min ahead of ours/);
});

const allNative = { lister: true, smallFiles: true, pageCache: true, watcher: null };

test('Node.js and native parts', () => {
  assertLevels([
    [judgeNode('here', '20.19.0'), 'good'],
    [judgeNode('here', '22.0.0'), 'good'],
    [judgeNode('here', '20.18.9'), 'bad'],
    [judgeNode('here', '18.20.0'), 'bad'],
    [judgeNativeParts('here', allNative), 'good'],
    [judgeNativeParts('here', { ...allNative, lister: false }), 'warning'],
    [judgeNativeParts('here', { ...allNative, smallFiles: false }), 'warning'],
    [judgeNativeParts('here', { ...allNative, pageCache: false }), 'warning'],
    [judgeNativeParts('here', { ...allNative, watcher: false }), 'warning'],
  ]);
  const none = { lister: false, smallFiles: false, pageCache: false, watcher: false };
  assert.match(
    judgeNativeParts('here', none).message,
    /: scans take .*, and the first scan of many small files .*, and what was read .*, and no block can be watched$/,
  );
});

test('room', () => {
  const space = (freeBytes: number, totalBytes: number) => judgeSpace('pi', 'its disk', { freeBytes, totalBytes }, 'Free some.');
  const state = (freeBytes: number) => judgeStateSpace('here', 'its disk', { freeBytes, totalBytes: GB }, 'Free some.');
  assertLevels([
    [space(50 * GB, 1000 * GB), 'good'],
    [space(50 * GB - 1, 1000 * GB), 'warning'],
    [space(GB, 2 * GB), 'good'],
    [space(GB - 1, 2 * GB), 'warning'],
    [space(0.1 * GB, 2 * GB), 'warning'],
    [space(0.1 * GB - 1, 2 * GB), 'bad'],
    [state(0.2 * GB), 'good'],
    [state(0.2 * GB - 1), 'warning'],
    [state(0.01 * GB - 1), 'bad'],
  ]);
  const inodes = (free: number, total: number) => judgeInodes('pi', 'its disk', { free, total }).map(({ level }) => level);
  assert.deepEqual([inodes(50_000, 1_000_000), inodes(49_999, 1_000_000), inodes(999, 1_000)], [['good'], ['warning'], ['bad']]);
  assert.deepEqual(inodes(0, 0), [], 'a file system without a number of inodes has enough');
});

test('permissions', () => {
  const file = (mode: number | null, need: PrivateFile['need'], kind: PrivateFile['kind'] = 'file'): PrivateFile => ({
    path: '/k',
    mode,
    need,
    kind,
  });
  const levels = (...files: PrivateFile[]) => judgePrivateFiles('pi', files).map(({ level }) => level);
  assert.deepEqual(levels(file(0o600, 'secret'), file(0o644, 'own'), file(0o700, 'secret', 'folder')), ['good']);
  assert.deepEqual(levels(file(0o640, 'secret'), file(0o600, 'own')), ['bad']);
  assert.deepEqual(levels(file(0o755, 'secret', 'folder')), ['warning']);
  assert.deepEqual(levels(file(0o664, 'own')), ['warning']);
  assert.deepEqual(levels(file(null, 'secret')), []);
});

test('manifests', () => {
  const facts = {
    file: '/m.db',
    sizeBytes: 1,
    schemaVersion: 8,
    isJournalOpen: false,
    folders: 1,
    damaged: 0,
    newestSessionUs: 0,
  };
  const judge = (look: Parameters<typeof judgeManifest>[2]) => judgeManifest('photos', 'its manifest', look);
  assertLevels([
    [judge({ kind: 'missing' }), 'warning'],
    [judge({ kind: 'broken', error: new BtsootError('corrupt', 'it is damaged', { hint: 'Move it aside.' }) }), 'bad'],
    [judge({ kind: 'broken', error: new BtsootError('busy', 'it is locked') }), 'warning'],
    [judge({ kind: 'broken', error: new Error('EIO') }), 'bad'],
    [judge({ kind: 'read', facts, complaints: ['row 3 is missing'] }), 'bad'],
    [judge({ kind: 'read', facts, complaints: [] }), 'good'],
    [judge({ kind: 'read', facts, complaints: null }), 'good'],
  ]);
});

test('a large manifest is read to the end by a thorough doctor only', () => {
  const most = limits.doctorCheckedManifestMaxBytes;
  assert.deepEqual(
    [isChecked('small', most), isChecked('small', most + 1), isChecked('all', most + 1), isChecked('no', 1)],
    [true, false, true, false],
  );
});

test('what a file system cannot hold, in words', () => {
  const all: Capabilities = {
    ...{ hardLinks: true, symlinks: true, chown: true, modes: true, exactTimes: true, reflinks: true, xattrs: true },
    ...{ nameRules: null, stableInodes: true, fileSizeMaxBytes: null },
  };
  const [whole, ...more] = judgeCapabilities('root', 'btrfs', all);
  assert.equal(whole?.message, 'btrfs holds all that is mirrored; copies take no room there');
  assert.deepEqual(more, []);
  const [asUser] = judgeCapabilities('root', 'ext4', { ...all, chown: false, reflinks: false });
  assert.match(asUser?.message ?? '', /^ext4 holds all but owners, which this user may not set: the manifests keep that/);
  const fat = judgeCapabilities('root', 'vfat', {
    ...all,
    reflinks: false,
    chown: false,
    modes: false,
    symlinks: false,
    fileSizeMaxBytes: 2 ** 32 - 1,
  });
  assert.match(fat[0]?.message ?? '', /^vfat cannot hold owners, permissions and symlinks: the manifests keep that/);
  assert.deepEqual(
    fat.map(({ level }) => level),
    ['good', 'warning'],
  );
});

test('one line a diagnosis, and what to do in it', () => {
  const good: Diagnosis = { check: 'node', about: 'here', level: 'good', message: 'fine' };
  const bad: Diagnosis = { check: 'clock', about: 'pi', level: 'bad', message: 'the clock is wrong', advice: 'Set it.' };
  assert.equal(diagnosisLine(good, UNCOLOURED), 'good     here: fine');
  assert.equal(diagnosisLine(bad, UNCOLOURED), 'bad      pi: the clock is wrong. Set it.');
  assert.equal(diagnosisLine(bad, { ...UNCOLOURED, bad: (text) => `<${text}>` }), '<bad>      pi: the clock is wrong. Set it.');
  assert.equal(summaryLine([good], UNCOLOURED), 'All good.');
  assert.equal(summaryLine([good, bad, { ...bad, level: 'warning' }], UNCOLOURED), '1 bad, 1 warning.');
  assert.equal(worstLevel([good, { ...bad, level: 'warning' }]), 'warning');
  assert.equal(worstLevel([]), 'good');
  assert.deepEqual(JSON.parse(diagnosesJson([bad, good])), { level: 'bad', diagnoses: [bad, good] });
});
