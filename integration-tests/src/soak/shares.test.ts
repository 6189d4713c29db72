import assert from 'node:assert/strict';
import { test } from 'node:test';
import { jainIndex } from './shares.js';

test('equal shares are fair, however large; one that has everything is not', () => {
  assert.equal(jainIndex([7, 7, 7, 7]), 1);
  assert.equal(jainIndex([0, 0, 9, 0]), 0.25);
  assert.equal(jainIndex([3, 1]), 0.8);
  assert.equal(jainIndex([0, 0]), 1);
});
