import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BtsootError } from '@btsoot/shared/model/errors.js';
import { failsAs } from './fixture.js';
import { OneAtATime } from './one-at-a-time.js';

const never = new AbortController().signal;

test('one after the other for each key, in order, and the next when one is left or fails', { timeout: 60_000 }, async () => {
  const gate = new OneAtATime();
  const key = {};
  const log: string[] = [];
  const pass = (name: string, signal = never) =>
    gate.run(key, signal, async function* () {
      log.push(`${name} in`);
      try {
        yield 1;
        yield 2;
        if (name === 'fails') throw new Error(name);
      } finally {
        log.push(`${name} out`);
      }
    });
  const left = pass('left');
  assert.equal((await left.next()).value, 1);
  const fails = pass('fails');
  const failing = fails.next();
  const gone = new AbortController();
  const late = pass('late', gone.signal).next();
  const last = pass('last');
  const waiting = last.next();
  assert.equal(
    (
      await gate
        .run({}, never, async function* () {
          yield 'another key';
        })
        .next()
    ).value,
    'another key',
  );
  assert.deepEqual(log, ['left in']);
  gone.abort(new BtsootError('cancelled', 'gone'));
  await left.return();
  await failing;
  await fails.next();
  await assert.rejects(fails.next(), /fails/);
  await assert.rejects(late, failsAs('cancelled'));
  await waiting;
  await last.return();
  assert.deepEqual(log, ['left in', 'left out', 'fails in', 'fails out', 'last in', 'last out']);
});
