import assert from 'node:assert/strict';
import { test } from 'node:test';
import { limits } from '@btsoot/shared/model/limits.js';
import { syncResult } from '../fixtures.js';
import { type LiveNews, LiveRuns } from './live-runs.js';

test('progress is told no more often than an eye follows, the newest of it, and never after the end', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const live = new LiveRuns();
  const news: LiveNews[] = [];
  const leave = live.listen((one) => news.push(one));
  const send = (bytes: number): void =>
    live.hear({ kind: 'transferred', block: 'photos', steps: 0, stepsTotal: 1, bytes, bytesTotal: 1_000, path: 'a' });
  live.hear({ kind: 'phase', block: 'photos', phase: 'transfer' });
  for (let bytes = 1; bytes <= 100; bytes++) send(bytes);
  const kinds = (): string[] => news.map(({ kind }) => kind);
  assert.deepEqual(kinds(), ['changed', 'progress']);
  t.mock.timers.tick(limits.dashboardProgressEveryMs);
  assert.deepEqual(kinds(), ['changed', 'progress', 'progress']);
  const last = news.at(-1);
  assert.equal(last?.kind === 'progress' && last.live.bytes, 100);
  assert.equal(live.views()[0]?.bytes, 100);
  send(200);
  live.hear({ kind: 'result', block: 'photos', result: syncResult() });
  t.mock.timers.tick(limits.dashboardProgressEveryMs);
  assert.deepEqual(kinds(), ['changed', 'progress', 'progress', 'changed']);
  assert.deepEqual(live.views(), []);
  leave();
  live.changed('photos');
  assert.equal(news.length, 4);
});
