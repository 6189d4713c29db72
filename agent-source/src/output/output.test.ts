import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ProgressEvent } from '@btsoot/shared/model/progress.js';
import { SUMMARY, syncResult } from '../fixtures.js';
import { lastResult } from '../last-result.js';
import type { StepView } from '../sync-types.js';
import { formatBytes, formatCount, formatDuration, formatMoment, plural } from './human.js';
import { fitLine, LiveLine } from './live-line.js';
import { openOutput } from './output.js';
import { choosePaint, NO_PAINT } from './paint.js';
import { advance, progressText, START } from './progress-state.js';
import { errorText, resultText } from './result-text.js';
import { answerText, healthText, pastText } from './status-text.js';
import { table } from './table.js';

/** A stream that keeps what is written. */
function sink(isTTY: boolean) {
  const written: string[] = [];
  return { isTTY, columns: 80, written, write: (text: string) => written.push(text) };
}

test('sizes, counts, durations', () => {
  assert.deepEqual([0, 999, 1_000, 1_549, 9_949, 9_950, 380e9, 999_499, 999_500, 2e15].map(formatBytes), [
    '0 B',
    '999 B',
    '1.0 kB',
    '1.5 kB',
    '9.9 kB',
    '10 kB',
    '380 GB',
    '999 kB',
    '1.0 MB',
    '2.0 PB',
  ]);
  assert.deepEqual([0, 400, 9_949, 9_950, 59_400, 59_600, 200_000, 3_600_000, 7_500_000, 273_600_000].map(formatDuration), [
    '0.0 s',
    '0.4 s',
    '9.9 s',
    '10 s',
    '59 s',
    '1 min',
    '3 min 20 s',
    '1 h',
    '2 h 5 min',
    '3 d 4 h',
  ]);
  assert.equal(formatCount(1_234_567), '1,234,567');
  assert.deepEqual([plural(1, 'entry', 'entries'), plural(0, 'file')], ['1 entry', '0 files']);
  const us = new Date(2026, 0, 31, 8, 5).getTime() * 1000;
  assert.equal(formatMoment(us, us + 7_200_000_000), '2026-01-31 08:05 (2 h ago)');
});

test('the progress line tells sent beside saved, rate and what is left', () => {
  const transferred = (bytes: number): ProgressEvent => ({
    kind: 'transferred',
    steps: 10,
    stepsTotal: 1_200,
    bytes,
    bytesTotal: 100_000_000,
    path: 'x',
  });
  const events: [number, ProgressEvent][] = [
    [0, { kind: 'planned', summary: { ...SUMMARY, savedBytes: 380e9, wireBytes: 100_000_000 }, steps: 1_200, digest: 'd' }],
    [0, { kind: 'phase', phase: 'transfer' }],
    [1_000, transferred(10_000_000)],
    [2_000, transferred(20_000_000)],
  ];
  const state = events.reduce((at, [nowMs, event]) => advance(at, event, nowMs), START);
  assert.equal(progressText(state), 'syncing  10 of 1,200 steps  20 MB of 100 MB sent  380 GB saved  10 MB/s  8.0 s left');
  const received = advance(state, { kind: 'phase', phase: 'receive' }, 3_000);
  assert.equal(progressText(received), 'restoring  10 of 1,200 steps  20 MB of 100 MB received  380 GB saved');
});

test('a rate settles on a new speed instead of jumping to it', () => {
  const at = (hashedBytes: number): ProgressEvent => ({ kind: 'scanned', entries: 1, hashedFiles: 1, hashedBytes, path: '' });
  let state = advance(START, { kind: 'phase', phase: 'scan' }, 0);
  state = advance(state, at(100e6), 1_000);
  state = advance(state, at(100e6), 2_000);
  assert.ok(state.bytesPerSecond > 50e6 && state.bytesPerSecond < 100e6);
  for (let second = 3; second < 60; second++) state = advance(state, at(100e6), second * 1_000);
  assert.ok(state.bytesPerSecond < 1e4);
});

test('the live line fits its terminal, whatever the path holds', () => {
  assert.equal(fitLine('scanning', 'a/very/long/path.jpg', 24), 'scanning  …long/path.jpg');
  assert.equal(fitLine('scanning', '日本語日本語日本語', 20), 'scanning  …語日本語');
  assert.equal(fitLine('a text that is too long', 'path', 10), 'a text tha');
});

test('the live line is calm: ten times a second, and gone when lines come', () => {
  const terminal = sink(true);
  let nowMs = 0;
  const live = new LiveLine(terminal, () => nowMs);
  for (; nowMs < 1_000; nowMs += 10) live.draw('text', '');
  assert.equal(terminal.written.length, 10);
  live.clear();
  live.clear();
  assert.equal(terminal.written.length, 11);
});

test('on no terminal: lines without any escape, the result alone on stdout', () => {
  const streams = { stdout: sink(false), stderr: sink(false) };
  const output = openOutput(false, streams);
  output.progress('photos', { kind: 'phase', phase: 'scan' });
  output.progress('photos', { kind: 'scanned', entries: 5, hashedFiles: 0, hashedBytes: 0, path: 'x' });
  output.result(resultText(syncResult(), 'sync', output.paint), {});
  assert.deepEqual(streams.stderr.written, ['photos: scanning\n']);
  assert.deepEqual(streams.stdout.written, [
    'photos: done in 12 s: 2.1 MB sent, 380 GB saved, 31 steps, 8,310 entries, session 4\n',
  ]);
});

test('as JSON: one object a line, all on stdout', () => {
  const streams = { stdout: sink(true), stderr: sink(true) };
  const output = openOutput(true, streams);
  output.progress('photos', { kind: 'phase', phase: 'scan' });
  output.result('for people', { block: 'photos', kind: 'result', result: syncResult() });
  output.error('photos', { kind: 'io', message: 'no', hint: null });
  assert.deepEqual(streams.stderr.written, []);
  assert.deepEqual(
    streams.stdout.written.map((line) => JSON.parse(line).kind),
    ['phase', 'result', 'error'],
  );
  assert.ok(streams.stdout.written.every((line) => line.endsWith('}\n')));
});

test('colours only on a terminal, and not where NO_COLOR says so', () => {
  assert.equal(choosePaint(true, { TERM: 'xterm' }).bold('x'), '\x1b[1mx\x1b[22m');
  assert.equal(choosePaint(true, { NO_COLOR: '1' }).bold('x'), 'x');
  assert.equal(choosePaint(true, { TERM: 'dumb' }).bold('x'), 'x');
  assert.equal(choosePaint(false, {}).bold('x'), 'x');
});

test('a dry run prints its steps and what they come to', () => {
  const steps = [
    { kind: 'make-directory', path: 'new', from: null, sizeBytes: 0, wireBytes: 0, lostEntries: 0 },
    { kind: 'move', path: 'new/a', from: 'old/a', sizeBytes: 0, wireBytes: 0, lostEntries: 0 },
    { kind: 'put', path: 'b', from: null, sizeBytes: 60_000_000, wireBytes: 1_500, lostEntries: 1 },
    { kind: 'remove', path: 'gone', from: null, sizeBytes: 0, wireBytes: 0, lostEntries: 12 },
  ] as const;
  const summary = {
    ...SUMMARY,
    makeDirectory: 1,
    move: 1,
    put: 1,
    remove: 1,
    removedEntries: 12,
    wireBytes: 1_500,
    savedBytes: 7e9,
  };
  const text = resultText(syncResult({ kind: 'planned', plan: { summary, digest: '00ff', steps } }), 'sync', NO_PAINT);
  assert.equal(
    text,
    `photos: would do this:
  + new/
  > old/a -> new/a
  ~ b  (60 MB, at most 1.5 kB to send)
  - gone  (12 entries)
  plan 00ff: 1 new folder, 1 file to send, 1 move, 12 entries removed; at most 1.5 kB to send, 7.0 GB saved`,
  );
});

test('a hard link says of which file it is a name', () => {
  const step: StepView = { kind: 'hard-link', path: 'b', from: 'a', sizeBytes: 0, wireBytes: 0, lostEntries: 0 };
  const plan = { summary: { ...SUMMARY, hardLink: 1 }, digest: '00ff', steps: [step] };
  const text = resultText(syncResult({ kind: 'planned', plan }), 'sync', NO_PAINT);
  assert.match(text, /\n {2}\+ b {2}\(hard link to a\)\n {2}plan 00ff: .*1 hard link/);
});

test('steps that a plan does not list are counted', () => {
  const step: StepView = { kind: 'make-directory', path: 'new', from: null, sizeBytes: 0, wireBytes: 0, lostEntries: 0 };
  const plan = { summary: { ...SUMMARY, makeDirectory: 1, put: 2_000 }, digest: '00ff', steps: [step] };
  const text = resultText(syncResult({ kind: 'planned', plan }), 'sync', NO_PAINT);
  assert.match(text, /\n {2}\+ new\/\n {2}and 2,000 more steps\n {2}plan 00ff: /);
});

test('a refusal says why, and what lets this very plan through', () => {
  const plan = { summary: SUMMARY, digest: '00ff', steps: null };
  const text = resultText(syncResult({ kind: 'refused', reasons: ['it removes 20 of 100'], plan }), 'sync', NO_PAINT);
  assert.match(text, /^photos: refused; nothing was changed\n {2}- it removes 20 of 100\n/);
  assert.match(text, /btsoot sync photos --accept 00ff$/);
});

test('what was skipped is named, and what the list leaves out is counted', () => {
  const problems = [{ path: 'a', kind: 'unknown', message: 'cannot be read' }] as const;
  const text = resultText(syncResult({ kind: 'partial', problems, problemCount: 3 }), 'sync', NO_PAINT);
  assert.match(text, /^photos: done, but for 3 entries, in 12 s: /);
  assert.match(
    text,
    /\n {2}unknown: a: cannot be read\n {2}and 2 more such entries\n {2}What is unknown could not be read, and its copy stays as it is\.$/,
  );
});

test('errors and states', () => {
  assert.equal(errorText('photos', { kind: 'io', message: 'no', hint: 'Look.' }, NO_PAINT), 'photos: failed: no\n  Look.');
  assert.equal(healthText(null, 0, NO_PAINT), 'never synced');
  const end = {
    kind: 'result',
    block: 'photos',
    result: syncResult({ history: { sessions: 2, oldestUs: 6e13, versions: 1, bytes: 5e9 } }),
  } as const;
  const last = lastResult(end, null, 1, 2);
  assert.match(pastText(last), /^history: 2 sessions since 1971-11-\d\d \d\d:\d\d, 1 old version, about 5\.0 GB$/);
  assert.equal(pastText(null), '');
  const unchanged = lastResult({ ...end, result: syncResult({ kind: 'unchanged' }) }, last, 1, 3);
  assert.equal(pastText(unchanged), pastText(last), 'a sync of nothing hears nothing new');
  assert.deepEqual(
    table([
      ['a', 'b'],
      ['日本', 'c'],
    ]),
    ['a     b', '日本  c'],
  );
});

test('status answers first whether the backup is good', () => {
  const answer = (...healths: readonly Parameters<typeof answerText>[0][number]['health'][]): string =>
    answerText(
      healths.map((health, index) => ({ name: `block${index}`, health })),
      NO_PAINT,
    );
  assert.match(answer(), /^Nothing is backed up yet: /);
  assert.equal(answer('good'), 'Your backup is good.');
  assert.equal(answer('good', 'good'), 'All 2 backups are good.');
  assert.equal(answer('good', 'partial', 'stale'), 'Backed up, but have a look at block1, block2: `btsoot doctor` says why.');
  assert.equal(answer('never', 'partial', 'failed'), 'Not all is backed up: block0, block2. `btsoot doctor` says what to do.');
});
