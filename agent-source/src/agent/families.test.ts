import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Family } from '@btsoot/shared/metrics/family.js';
import { syncResult } from '../fixtures.js';
import { lastResult } from '../last-result.js';
import { sourceFamilies } from './families.js';
import { RunTally } from './run-tally.js';

const NEVER = { source: null, remote: null };

function valuesOf(families: readonly Family[], name: string): Record<string, number> {
  const family = families.find((one) => one.name === name) ?? assert.fail(`no ${name}`);
  return Object.fromEntries(family.samples.map(({ labels, value }) => [Object.values(labels).join(' '), value]));
}

test('a block that was never synced was good at 0, and of its last run there is nothing to say', () => {
  const tally = new RunTally().of('photos');
  const block = {
    block: 'photos',
    watching: null,
    dueUs: null,
    last: null,
    verified: NEVER,
    damaged: null,
    isRunning: false,
    tally,
  };
  const families = sourceFamilies([block], '1.2.3');
  assert.deepEqual(valuesOf(families, 'btsoot_last_good_sync_timestamp_seconds'), { photos: 0 });
  for (const name of ['btsoot_last_run_timestamp_seconds', 'btsoot_source_damaged_files', 'btsoot_next_run_timestamp_seconds'])
    assert.deepEqual(valuesOf(families, name), {});
  assert.equal(valuesOf(families, 'btsoot_runs_total')['photos done'], 0);
});

test('runs are counted by how they ended, and the last one is told', () => {
  const tally = new RunTally();
  const done = { block: 'photos', kind: 'result', result: syncResult({ sentBytes: 5, savedBytes: 7 }) } as const;
  const cancelled = { block: 'photos', kind: 'error', error: { kind: 'cancelled', message: '', hint: null } } as const;
  const failed = { block: 'photos', kind: 'error', error: { kind: 'unreachable', message: '', hint: null } } as const;
  for (const end of [done, done, cancelled, failed]) tally.ended(end);
  const last = lastResult(failed, lastResult(done, null, 1_000, 5_000_000), 2_500, 9_000_000);
  const block = {
    block: 'photos',
    dueUs: 10_000_000,
    last,
    verified: NEVER,
    damaged: 2,
    isRunning: true,
    tally: tally.of('photos'),
  };
  const families = sourceFamilies([{ ...block, watching: { folders: 3, isFull: true } }], '1.2.3');
  const runs = { unchanged: 0, done: 2, partial: 0, refused: 0, failed: 1, cancelled: 1 };
  const expected = Object.fromEntries(Object.entries(runs).map(([result, count]) => [`photos ${result}`, count]));
  assert.deepEqual(valuesOf(families, 'btsoot_runs_total'), expected);
  assert.deepEqual(valuesOf(families, 'btsoot_sent_bytes_total'), { photos: 10 });
  assert.deepEqual(valuesOf(families, 'btsoot_last_good_sync_timestamp_seconds'), { photos: 5 });
  assert.deepEqual(valuesOf(families, 'btsoot_last_run_timestamp_seconds'), { photos: 9 });
  assert.deepEqual(valuesOf(families, 'btsoot_last_run_duration_seconds'), { photos: 2.5 });
  assert.equal(valuesOf(families, 'btsoot_last_run_result')['photos failed'], 1);
  assert.deepEqual(valuesOf(families, 'btsoot_watch_limit_reached'), { photos: 1 });
  assert.deepEqual(valuesOf(families, 'btsoot_next_run_timestamp_seconds'), { photos: 10 });
});
