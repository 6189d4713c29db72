import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TreePath } from '@btsoot/shared/model/bytes.js';
import { inTree, type PlannedStep } from '@btsoot/shared/model/step.js';
import { SentSteps } from './sent-steps.js';

function removal(number: number): PlannedStep {
  const step = { kind: 'remove', at: inTree(`${number}` as TreePath), expect: { kind: 'file', content: null } } as const;
  return { step, originId: null, targetId: number, wireBytes: 0, lostEntries: 1 };
}

test('steps are taken in the order sent, and counted for good', () => {
  const sent = new SentSteps();
  assert.deepEqual([sent.count, sent.last, sent.take()], [0, undefined, undefined]);
  const steps = Array.from({ length: 5_000 }, (_, number) => removal(number));
  let taken = 0;
  for (let at = 0; at < steps.length; at += 100) {
    sent.add(steps.slice(at, at + 100));
    sent.add([]);
    assert.equal(sent.count, at + 100);
    assert.equal(sent.last, steps[at + 99]);
    for (let count = 0; count < 70; count++) assert.equal(sent.take(), steps[taken++]);
  }
  while (taken < steps.length) assert.equal(sent.take(), steps[taken++]);
  assert.deepEqual([sent.count, sent.take()], [5_000, undefined]);
});
