import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { MemoryTree, sameIds } from '../model/memory-tree.js';
import type { Plan } from '../model/step.js';
import { makePlan } from './plan.js';
import { planDigest } from './plan-digest.js';
import { anyEdits, anyTree, edited } from './testing-arbitraries.js';

function planFor(root: Parameters<typeof edited>[0], edits: Parameters<typeof edited>[1]): Plan {
  const [origin, target] = [edited(root, edits), new MemoryTree(root)];
  return makePlan(origin, target, sameIds(origin, target));
}

/** Every string and number of a value, each changed by one character or by one. */
function changedOnce(value: unknown): unknown[] {
  if (typeof value === 'number') return [value + 1];
  if (typeof value === 'string') return [`${value}x`];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    // What kind of step it is decides which fields it has.
    ['kind', 'area'].includes(key) ? [] : changedOnce(inner).map((changed) => ({ ...value, [key]: changed })),
  );
}

test('the same trees make the same digest, and any change of any field of any step another one', () => {
  fc.assert(
    fc.property(anyTree, anyEdits, fc.nat(), (root, edits, choice) => {
      const plan = planFor(root, edits);
      assert.equal(planFor(root, edits).digest, plan.digest);
      const steps = [...plan.steps];
      const at = steps.length === 0 ? 0 : choice % steps.length;
      const chosen = steps[at];
      if (chosen === undefined) return;
      for (const step of changedOnce(chosen.step) as (typeof chosen.step)[]) {
        assert.notEqual(planDigest(steps.with(at, { ...chosen, step })), plan.digest, JSON.stringify(step));
      }
      assert.notEqual(planDigest(steps.toSpliced(at, 1)), plan.digest);
    }),
    { numRuns: 100 },
  );
});
