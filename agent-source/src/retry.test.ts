import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BtsootError } from '@btsoot/shared/model/errors.js';
import type { ProgressEvent } from '@btsoot/shared/model/progress.js';
import { type RetryOptions, retryDelayMs, withRetries } from './retry.js';

function options(changes: Partial<RetryOptions> = {}): RetryOptions & { events: ProgressEvent[] } {
  const events: ProgressEvent[] = [];
  const report = (event: ProgressEvent): void => void events.push(event);
  return { retries: 3, signal: new AbortController().signal, report, random: () => 0, events, ...changes };
}

test('delays triple, spread over half their length, and have a ceiling', () => {
  assert.deepEqual(
    [1, 2, 3].map((attempt) => retryDelayMs(attempt, 1)),
    [1_000, 3_000, 9_000],
  );
  assert.deepEqual(
    [1, 2, 3].map((attempt) => retryDelayMs(attempt, 0)),
    [500, 1_500, 4_500],
  );
  assert.equal(retryDelayMs(50, 1), 60_000);
});

test('what may pass is tried again, and each wait is reported', async () => {
  const watched = options({ retries: 1 });
  let tries = 0;
  const result = await withRetries(watched, async () => {
    if (++tries === 1) throw new BtsootError('unreachable', 'no route');
    return 'there';
  });
  assert.equal(result, 'there');
  assert.deepEqual(watched.events, [{ kind: 'retry', attempt: 1, delayMs: 500, message: 'no route' }]);
});

test('what cannot pass, and what has no tries left, is thrown as it is', async () => {
  const corrupt = new BtsootError('corrupt', 'damaged');
  await assert.rejects(
    withRetries(options(), () => Promise.reject(corrupt)),
    corrupt,
  );
  const busy = new BtsootError('busy', 'held');
  await assert.rejects(
    withRetries(options({ retries: 0 }), () => Promise.reject(busy)),
    busy,
  );
});

test('a stop ends the wait', async () => {
  const controller = new AbortController();
  const stopping = options({ signal: controller.signal, report: () => controller.abort() });
  await assert.rejects(
    withRetries(stopping, () => Promise.reject(new BtsootError('unreachable', 'no route'))),
    { kind: 'cancelled', message: 'stopped while waiting to try again: no route' },
  );
});
