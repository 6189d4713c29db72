import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TreePath } from '../model/bytes.js';
import type { FileStep, Plan, PlannedStep } from '../model/step.js';
import { withoutOversized } from './oversized.js';
import { planDigest } from './plan-digest.js';
import { summarize } from './summary.js';

const LIMIT_BYTES = 2 ** 32 - 1;
const MOVED_BYTES = 77;

function file(kind: FileStep['kind'], path: string, sizeBytes: number): PlannedStep {
  const meta = { mode: 0o644, uid: 0, gid: 0, mtimeUs: 0, xattrs: '' };
  const step: FileStep = { kind, path: path as TreePath, meta, content: { hash: '0'.repeat(32), sizeBytes }, replaces: null };
  return { step, originId: 1, targetId: null, wireBytes: kind === 'put' ? sizeBytes : 0, lostEntries: 0 };
}

function planOf(...steps: PlannedStep[]): Plan {
  return {
    steps,
    summary: summarize(steps, { movedBytes: MOVED_BYTES, keptEntries: 3, removedBytes: 5 }),
    digest: planDigest(steps),
  };
}

test('a file of the limit fits, one byte more does not, and the plan is that of the others', () => {
  const [fits, over, copied, small] = [
    file('put', 'fits', LIMIT_BYTES),
    file('put', 'over', LIMIT_BYTES + 1),
    file('copy', 'copied', LIMIT_BYTES + 1),
    file('put', 'small', 5),
  ];
  const found = withoutOversized(planOf(fits, over, copied, small), LIMIT_BYTES);
  assert.deepEqual(found.oversized, [over, copied]);
  assert.deepEqual({ ...found.plan, steps: [...found.plan.steps] }, planOf(fits, small));
});

test('without a limit, and where all fit, the plan stays as it is', () => {
  const plan = planOf(file('put', 'any', 2 ** 50));
  assert.equal(withoutOversized(plan, null).plan, plan);
  assert.equal(withoutOversized(plan, 2 ** 51).plan, plan);
});
