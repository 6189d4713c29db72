import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BtsootError } from '@btsoot/shared/model/errors.js';
import type { ProgressEvent } from '@btsoot/shared/model/progress.js';
import type { PlanSummary } from '@btsoot/shared/model/step.js';
import { type RetryOptions, retryDelayMs, withRetries } from './retry.js';

const NO_PLAN: PlanSummary = {
  makeDirectory: 0,
  move: 0,
  put: 5,
  copy: 0,
  link: 0,
  hardLink: 0,
  makeSpecial: 0,
  keptEntries: 0,
  lostBytes: 0,
  setMetadata: 0,
  remove: 0,
  wireBytes: 0,
  storeBytes: 0,
  savedBytes: 0,
  removedEntries: 0,
  overwrittenEntries: 0,
};

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

test('a try that left less to do counts as the first again', async () => {
  const watched = options({ retries: 1, random: () => 0 });
  const left = [100, 90, 80, 80, 80];
  let tries = 0;
  const cut = new BtsootError('unreachable', 'cut');
  await assert.rejects(
    withRetries({ ...watched, signal: AbortSignal.timeout(60_000) }, async (report) => {
      const summary = { ...NO_PLAN, wireBytes: left[tries++] ?? 0 };
      report({ kind: 'planned', summary, steps: 5, digest: '' });
      throw cut;
    }),
    cut,
  );
  assert.equal(tries, 4, 'one more than the last that got on');
});

test('a stop ends the wait', async () => {
  const controller = new AbortController();
  const stopping = options({ signal: controller.signal, report: () => controller.abort() });
  await assert.rejects(
    withRetries(stopping, () => Promise.reject(new BtsootError('unreachable', 'no route'))),
    { kind: 'cancelled', message: 'stopped while waiting to try again: no route' },
  );
});
