import assert from 'node:assert/strict';
import { appendFileSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { limits } from '@btsoot/shared/model/limits.js';
import { syncResult, temporaryPaths } from './fixtures.js';
import { blockPaths } from './paths.js';
import { appendSyncRecord, readSyncRecords, recordOf, type SyncRecord } from './sync-records.js';

function record(session: number): SyncRecord {
  const end = { block: 'photos', kind: 'result', result: syncResult({ session }) } as const;
  return recordOf(end, 12, 1_000) ?? assert.fail();
}

test('what did something is kept, oldest first; what did nothing is not', () => {
  const paths = temporaryPaths();
  assert.deepEqual(readSyncRecords(paths, 'photos'), []);
  for (const session of [1, 2]) appendSyncRecord(paths, 'photos', record(session));
  assert.deepEqual(readSyncRecords(paths, 'photos'), [record(1), record(2)]);
  for (const kind of ['unchanged', 'planned'] as const)
    assert.equal(recordOf({ block: 'photos', kind: 'result', result: syncResult({ kind }) }, 1, 1), null);
  const error = { kind: 'unreachable', message: 'gone', hint: null } as const;
  assert.equal(recordOf({ block: 'photos', kind: 'error', error }, 1, 1)?.kind, 'failed');
  assert.equal(recordOf({ block: 'photos', kind: 'error', error: { ...error, kind: 'cancelled' } }, 1, 1), null);
});

test('a line that a crash has cut takes no other along', () => {
  const paths = temporaryPaths();
  const file = blockPaths(paths, 'photos').syncRecords;
  appendSyncRecord(paths, 'photos', record(1));
  appendFileSync(file, '{"kind":"do');
  appendSyncRecord(paths, 'photos', record(2));
  appendFileSync(file, '{"kind":"done","finishedUs":-1}\nnull\n');
  assert.deepEqual(readSyncRecords(paths, 'photos'), [record(1), record(2)]);
});

test('only so many are kept', () => {
  const paths = temporaryPaths();
  const most = limits.syncRecordsKept;
  for (let session = 1; session <= 2 * most + 1; session++) appendSyncRecord(paths, 'photos', record(session));
  const sessions = readSyncRecords(paths, 'photos').map((one) => one.session);
  assert.deepEqual(
    sessions,
    Array.from({ length: most }, (_, index) => most + 2 + index),
  );
  const lines = readFileSync(blockPaths(paths, 'photos').syncRecords, 'utf8').split('\n').length - 1;
  assert.ok(lines <= 2 * most, `${lines}`);
});
