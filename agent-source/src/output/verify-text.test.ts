import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ProgressEvent } from '@btsoot/shared/model/progress.js';
import { syncResult } from '../fixtures.js';
import type { VerifyResult } from '../verify-types.js';
import { choosePaint } from './paint.js';
import { advance, progressText, START } from './progress-state.js';
import { verifyText } from './verify-text.js';

const paint = choosePaint(false);
const side = { files: 24, bytes: 24_000_000, damaged: 0, damagedInHistory: 0, changed: 0, skipped: 0 };
const good: VerifyResult = {
  kind: 'good',
  block: 'photos',
  source: side,
  remote: side,
  findings: [],
  restored: null,
  synced: null,
  durationMs: 8_000,
};

test('a good end takes a line a side', () => {
  assert.equal(
    verifyText(good, paint),
    [
      'photos: good, verified in 8.0 s',
      '  source  24 files, 24 MB read: none damaged',
      '  remote  24 files, 24 MB read: none damaged',
    ].join('\n'),
  );
});

test('damage is named, and what mends it', () => {
  const findings: VerifyResult['findings'] = [
    { side: 'source', path: 'a', kind: 'rotten', session: 0 },
    { side: 'remote', path: 'b', kind: 'lost', session: 3 },
  ];
  const source = { ...side, damaged: 1, changed: 2, skipped: 1 };
  const damaged: VerifyResult = { ...good, kind: 'damaged', source, remote: { ...side, damagedInHistory: 1 }, findings };
  const lines = verifyText(damaged, paint).split('\n');
  assert.deepEqual(lines.slice(1), [
    '  source  24 files, 24 MB read: 1 damaged; 2 files changed since the last scan; 1 file could not be read',
    '  remote  24 files, 24 MB read: none damaged; 1 old version cannot be given back',
    '  rotten on the source: a',
    '  lost in history: b, as it was before session 3',
    '  To mend it:  btsoot verify photos --repair',
  ]);
  const repaired = verifyText({ ...good, kind: 'repaired', findings, restored: syncResult() }, paint);
  assert.match(repaired, /^photos: repaired/);
  assert.match(repaired, /kept in \.btsoot-damaged there/);
  assert.doesNotMatch(repaired, /To mend it/);
});

test('progress has both sides, with what is left of each', () => {
  const at = (which: 'source' | 'remote', megabytes: number, paused = false): ProgressEvent => ({
    kind: 'verified',
    side: which,
    files: megabytes,
    filesTotal: 100,
    bytes: megabytes * 1e6,
    bytesTotal: 100e6,
    paused,
  });
  let state = advance(START, { kind: 'phase', phase: 'verify' }, 0);
  assert.equal(progressText(state), 'verifying');
  state = advance(state, at('source', 20), 0);
  state = advance(state, at('source', 40), 2_000);
  state = advance(state, at('remote', 5, true), 2_000);
  assert.equal(progressText(state), 'verifying  source 40 MB of 100 MB, 10 MB/s, 6.0 s left  remote 5.0 MB of 100 MB, waiting');
});
