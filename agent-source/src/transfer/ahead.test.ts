import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mapAhead } from './ahead.js';

/** Counts from 0, and notes how far it got and whether it was ended. */
function counting(limit: number) {
  const seen = { begun: 0, ended: false };
  async function* count(): AsyncGenerator<number> {
    try {
      for (; seen.begun < limit; ) yield seen.begun++;
    } finally {
      seen.ended = true;
    }
  }
  return { seen, items: count() };
}

test('results come in order, however long each takes', async () => {
  const { items, seen } = counting(20);
  const results: number[] = [];
  let running = 0;
  let most = 0;
  const work = async (item: number): Promise<number> => {
    most = Math.max(most, ++running);
    for (let turn = (item * 7) % 5; turn > 0; turn--) await new Promise(setImmediate);
    running--;
    return item * 2;
  };
  for await (const result of mapAhead(items, 3, work)) results.push(result);
  assert.deepEqual(
    results,
    Array.from({ length: 20 }, (_, index) => index * 2),
  );
  assert.equal(most, 3);
  assert.ok(seen.ended);
});

test('no more is begun than may be ahead, and leaving ends the items', async () => {
  const { items, seen } = counting(1_000);
  for await (const _ of mapAhead(items, 3, async (item) => item)) {
    await new Promise(setImmediate);
    break;
  }
  assert.equal(seen.begun, 4);
  assert.ok(seen.ended);
});

test('what fails ahead is thrown in its turn', async () => {
  const { items, seen } = counting(10);
  const results: number[] = [];
  const work = async (item: number): Promise<number> => {
    if (item === 2) throw new Error('two');
    return item;
  };
  await assert.rejects(
    async () => {
      for await (const result of mapAhead(items, 4, work)) {
        results.push(result);
        await new Promise(setImmediate);
      }
    },
    { message: 'two' },
  );
  assert.deepEqual(results, [0, 1]);
  assert.ok(seen.ended);
});
