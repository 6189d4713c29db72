import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ErrorKind } from '@btsoot/shared/model/errors.js';
import { syncResult } from './fixtures.js';
import { healthOf } from './health.js';
import { type LastResult, lastResult } from './last-result.js';
import type { SyncResult } from './sync-types.js';

const DAY_US = 24 * 60 * 60 * 1_000_000;
const STALE_AFTER_MS = (3 * DAY_US) / 1000;
const NOW_US = 1_800_000_000_000_000;

function ended(kind: SyncResult['kind'], agoUs: number): LastResult {
  return lastResult({ block: 'photos', kind: 'result', result: syncResult({ kind }) }, null, 1, NOW_US - agoUs);
}

function failed(kind: ErrorKind): LastResult {
  return lastResult({ block: 'photos', kind: 'error', error: { kind, message: 'x', hint: null } }, null, 1, NOW_US);
}

test('how a block fares is how its last sync ended, and how long ago', () => {
  const cases: [LastResult | null, string][] = [
    [null, 'never'],
    [ended('done', 0), 'good'],
    [ended('unchanged', 3 * DAY_US - 1), 'good'],
    [ended('unchanged', 3 * DAY_US), 'stale'],
    [ended('partial', 0), 'partial'],
    [ended('refused', 0), 'refused'],
    [failed('unreachable'), 'failed'],
    [failed('cancelled'), 'stopped'],
  ];
  for (const [last, health] of cases) assert.equal(healthOf(last, NOW_US, STALE_AFTER_MS), health, health);
});
