import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { withGrace } from './grace.js';

test('work is asked to end a while after the signal, for its reason', async () => {
  const stop = new AbortController();
  const why = new Error('the agent stops');
  await withGrace(stop.signal, 10, async (late) => {
    stop.abort(why);
    assert.equal(late.aborted, false);
    await once(late, 'abort');
    assert.equal(late.reason, why);
  });
});

test('where the signal came before, the while begins with the work', async () => {
  await withGrace(AbortSignal.abort(), 10, async (late) => {
    assert.equal(late.aborted, false);
    await once(late, 'abort');
  });
});

test('what it comes to is passed on, and nothing is left on the signal', async () => {
  const stop = new AbortController();
  let late: AbortSignal | null = null;
  const value = await withGrace(stop.signal, 0, async (signal) => {
    late = signal;
    return 5;
  });
  assert.equal(value, 5);
  await assert.rejects(
    withGrace(stop.signal, 0, () => Promise.reject(new Error('no'))),
    /no/,
  );
  stop.abort();
  await new Promise((resolve) => setTimeout(resolve, 1));
  assert.equal((late as AbortSignal | null)?.aborted, false);
});
