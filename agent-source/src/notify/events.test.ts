import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { syncResult } from '../fixtures.js';
import type { SyncEnd } from '../sync-message.js';
import { eventsOf, isNews, NOTIFY_EVENTS, type Told, tellingOf } from './events.js';

const result = (changes: Parameters<typeof syncResult>[0]): SyncEnd => ({
  block: 'photos',
  kind: 'result',
  result: syncResult(changes),
});
const error = (kind: 'io' | 'cancelled'): SyncEnd => ({
  block: 'photos',
  kind: 'error',
  error: { kind, message: '', hint: null },
});
const DRIFTED = { drifted: 1, damaged: 0, paths: [] };

test('each end is what it is', () => {
  assert.deepEqual(eventsOf(result({ kind: 'done' })), ['success']);
  assert.deepEqual(eventsOf(result({ kind: 'unchanged' })), ['success']);
  assert.deepEqual(eventsOf(result({ kind: 'partial' })), ['partial']);
  assert.deepEqual(eventsOf(result({ kind: 'refused' })), ['failure']);
  assert.deepEqual(eventsOf(result({ kind: 'planned' })), []);
  assert.deepEqual(eventsOf(result({ kind: 'done', drift: DRIFTED })), ['drift', 'success']);
  assert.deepEqual(eventsOf(error('io')), ['failure']);
  assert.deepEqual(eventsOf(error('cancelled')), []);
});

const DAY_US = 24 * 60 * 60 * 1_000_000;

test('what goes on being wrong is told once a day, and anew after it was good', () => {
  const moments = fc.array(fc.record({ event: fc.constantFrom(...NOTIFY_EVENTS), afterUs: fc.nat(DAY_US) }), { maxLength: 30 });
  fc.assert(
    fc.property(moments, (all) => {
      let told: Told = {};
      let nowUs = 1;
      const lastTold = new Map<string, number>();
      for (const { event, afterUs } of all) {
        nowUs += afterUs;
        const last = lastTold.get(event);
        const expected = event === 'success' || event === 'drift' || last === undefined || nowUs - last >= DAY_US;
        assert.equal(isNews(event, told, nowUs), expected);
        if (!expected) continue;
        told = tellingOf(event, told, nowUs);
        if (event === 'success') lastTold.clear();
        lastTold.set(event, nowUs);
      }
    }),
  );
});

test('what a clock that was ahead has noted as told keeps nothing from being told', () => {
  assert.equal(isNews('failure', { failure: DAY_US }, DAY_US), false);
  assert.equal(isNews('failure', { failure: DAY_US + 1 }, DAY_US), true);
});
