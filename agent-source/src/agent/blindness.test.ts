import assert from 'node:assert/strict';
import { test } from 'node:test';
import { temporaryDirectory } from '../fixtures.js';
import { Blindness } from './blindness.js';

test('why changes are missed is told when it begins, and when it is another reason', () => {
  const told: string[] = [];
  const blindness = new Blindness((why) => void told.push(why));
  const source = temporaryDirectory();
  blindness.look(source, null);
  assert.deepEqual([blindness.isBlind, told], [false, []]);
  for (let look = 0; look < 2; look++) blindness.look(source, 'no watch');
  assert.deepEqual([blindness.isBlind, told], [true, ['no watch']]);
  blindness.look(`${source}/gone`, null);
  assert.match(told[1] ?? '', /gone/);
  blindness.look(source, null);
  assert.equal(blindness.isBlind, false);
  blindness.look(source, 'no watch');
  assert.equal(told.length, 3);
});
