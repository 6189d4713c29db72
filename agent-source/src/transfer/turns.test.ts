import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Budget, Turns } from './turns.js';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('one at a time, in order, whatever fails', async () => {
  const turns = new Turns();
  const seen: string[] = [];
  const work = (name: string) => async () => {
    seen.push(`${name} begins`);
    await turn();
    seen.push(`${name} ends`);
    if (name === 'b') throw new Error('b');
    return name;
  };
  const results = await Promise.allSettled(['a', 'b', 'c'].map((name) => turns.run(work(name))));
  assert.deepEqual(seen, ['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
  assert.deepEqual(
    results.map(({ status }) => status),
    ['fulfilled', 'rejected', 'fulfilled'],
  );
});

test('a budget is never overdrawn, and nobody who waits is passed by', async () => {
  const budget = new Budget(10);
  const begun: number[] = [];
  let held = 0;
  let most = 0;
  const use = (amount: number) =>
    budget.holding(amount, async () => {
      begun.push(amount);
      held += Math.min(amount, 10);
      most = Math.max(most, held);
      await turn();
      held -= Math.min(amount, 10);
    });
  await Promise.all([4, 4, 25, 1, 9, 0].map(use));
  assert.deepEqual(begun, [4, 4, 25, 1, 9, 0]);
  assert.equal(most, 10);
});
