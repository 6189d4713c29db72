import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Breather } from './breather.js';

test('whoever works without a pause lets others have their turn, and hears that he is to stop', { timeout: 60_000 }, async () => {
  const stop = new AbortController();
  const breather = new Breather(stop.signal);
  let turns = 0;
  const other = setInterval(() => {
    if (++turns === 3) stop.abort(new Error('enough'));
  }, 1);
  const work = async (): Promise<void> => {
    for (;;) if (breather.isDue()) await breather.rest();
  };
  await assert.rejects(work(), /enough/);
  clearInterval(other);
});

test('nobody need be able to stop it', async () => {
  const breather = new Breather(null);
  assert.equal(breather.isDue(), false);
  await breather.rest();
});
