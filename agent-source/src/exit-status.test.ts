import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exitStatus, exitStatusOfError, exitStatusOfLevel, exitStatusOfResult, worstExitStatus } from './exit-status.js';

test('results', () => {
  assert.deepEqual((['unchanged', 'done', 'planned', 'refused', 'partial'] as const).map(exitStatusOfResult), [0, 0, 0, 3, 4]);
});

test('errors', () => {
  assert.deepEqual(
    (['unreachable', 'refused', 'io', 'busy', 'internal', 'cancelled'] as const).map(exitStatusOfError),
    [5, 3, 1, 1, 1, 1],
  );
});

test('what a doctor has found', () => {
  assert.deepEqual((['good', 'warning', 'bad'] as const).map(exitStatusOfLevel), [0, 4, 1]);
});

test('of several, the worst', () => {
  const { done, failed, partial, refused, unreachable } = exitStatus;
  assert.equal(worstExitStatus([]), done);
  assert.equal(worstExitStatus([done, partial, done]), partial);
  assert.equal(worstExitStatus([partial, refused]), refused);
  assert.equal(worstExitStatus([refused, unreachable]), unreachable);
  assert.equal(worstExitStatus([unreachable, failed, done]), failed);
});
