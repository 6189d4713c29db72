import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Turns } from './turns.js';

test('one after the other, for each block, whatever becomes of the one before', async () => {
  const turns = new Turns();
  const seen: string[] = [];
  const work = (name: string) => async (): Promise<string> => {
    seen.push(`${name} begins`);
    await new Promise((resolve) => setImmediate(resolve));
    seen.push(`${name} ends`);
    if (name === 'bad') throw new Error('bad');
    return name;
  };
  const bad = assert.rejects(turns.take('photos', work('bad')), { message: 'bad' });
  const all = [turns.take('photos', work('a')), turns.take('photos', work('b'))];
  assert.deepEqual(await Promise.all(all), ['a', 'b']);
  await bad;
  assert.deepEqual(seen, ['bad begins', 'bad ends', 'a begins', 'a ends', 'b begins', 'b ends']);
});

test('what has begun lets others ask while it goes on', async () => {
  const turns = new Turns();
  let end: (value: string) => void = () => undefined;
  const long = turns.begin('photos', (onBegun) => {
    onBegun();
    return new Promise<string>((resolve) => {
      end = resolve;
    });
  });
  assert.equal(await turns.take('photos', async () => 'asked meanwhile'), 'asked meanwhile');
  end('done');
  assert.equal(await long, 'done');
  await assert.rejects(
    turns.begin('photos', async () => assert.fail('never begun')),
    { message: 'never begun' },
  );
  assert.equal(await turns.take('photos', async () => 'goes on'), 'goes on');
});
