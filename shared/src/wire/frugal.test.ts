import assert from 'node:assert/strict';
import { constants, PerformanceObserver } from 'node:perf_hooks';
import { test } from 'node:test';
import { sweepYoungGeneration } from './frugal.js';

test('the young generation is swept when asked, and only that', async () => {
  const kinds = await new Promise<unknown[]>((resolve) => {
    const observer = new PerformanceObserver((list) => {
      observer.disconnect();
      resolve(list.getEntries().map((entry) => (entry as unknown as { detail: { kind: number } }).detail.kind));
    });
    observer.observe({ entryTypes: ['gc'] });
    sweepYoungGeneration();
  });
  assert.deepEqual(kinds, [constants.NODE_PERFORMANCE_GC_MINOR]);
});
