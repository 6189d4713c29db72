import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { FairQueue } from './fair-queue.js';

const NEVER = new AbortController().signal;

test('never more at a time than allowed, first come first served within a key, and nobody is forgotten', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 1, max: 3 }),
      fc.array(fc.record({ key: fc.constantFrom('a', 'b', 'c'), turns: fc.nat(5) }), { maxLength: 20 }),
      async (all, ofKey, jobs) => {
        const queue = new FairQueue(all, ofKey);
        const running: string[] = [];
        const began: { key: string; index: number }[] = [];
        await Promise.all(
          jobs.map(({ key, turns }, index) =>
            queue.run(key, NEVER, async () => {
              running.push(key);
              began.push({ key, index });
              assert.ok(running.length <= all);
              assert.ok(running.filter((each) => each === key).length <= ofKey);
              for (let turn = 0; turn < turns; turn++) await new Promise(setImmediate);
              running.splice(running.indexOf(key), 1);
            }),
          ),
        );
        assert.equal(began.length, jobs.length);
        for (const key of ['a', 'b', 'c']) {
          const order = began.filter((each) => each.key === key).map(({ index }) => index);
          assert.deepEqual(
            order,
            [...order].sort((a, b) => a - b),
          );
        }
      },
    ),
  );
});

test('who leaves before the turn comes does not run, and takes nobody else along', async () => {
  const queue = new FairQueue(1, 1);
  const leave = new AbortController();
  let go: () => void = () => {};
  const first = queue.run('a', NEVER, () => new Promise<void>((resolve) => (go = resolve)));
  const left = queue.run('a', leave.signal, () => assert.fail('it had left'));
  const third = queue.run('a', NEVER, async () => 'ran');
  leave.abort(new Error('left'));
  await assert.rejects(left, /left/);
  go();
  await first;
  assert.equal(await third, 'ran');
});

test('a run that fails gives its place back', async () => {
  const queue = new FairQueue(1, 1);
  await assert.rejects(
    queue.run('a', NEVER, () => Promise.reject(new Error('no'))),
    /no/,
  );
  assert.equal(await queue.run('a', NEVER, async () => 'ran'), 'ran');
});
