import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type MemoryTree, tree } from '@btsoot/shared/model/memory-tree.js';
import { dir, file } from '@btsoot/shared/model/sketch.js';
import type { Plan } from '@btsoot/shared/model/step.js';
import { NO_IDENTITY } from '@btsoot/shared/model/tree.js';
import { makePlan } from '@btsoot/shared/reconcile/plan.js';
import { planWithout } from '@btsoot/shared/reconcile/without-steps.js';
import { Acceptance } from './acceptance.js';

const target = tree(file('a', 'a'), file('b', 'b'), dir('d', file('x', 'x'), file('y', 'y')), file('keep', 'keep'));
const planFor = (origin: MemoryTree): Plan => makePlan(origin, target, NO_IDENTITY);
const whole = planFor(tree(file('a', 'new a'), file('b', 'new b'), file('keep', 'keep')));
const rest = planWithout(whole, new Set([0]));

test('a digest stands for exactly its plan', () => {
  const acceptance = new Acceptance(whole.digest);
  assert.equal(acceptance.covers(rest), false, 'nobody has begun with the whole');
  assert.equal(acceptance.covers(whole), true);
  assert.equal(new Acceptance(null).covers(whole), false);
});

test('what is left of the plan is accepted with it, and nothing else', () => {
  const acceptance = new Acceptance(whole.digest);
  assert.ok(acceptance.covers(whole));
  assert.ok(acceptance.covers(rest));
  const others = {
    'a file more': tree(file('a', 'new a'), file('b', 'new b'), file('keep', 'other')),
    'another content': tree(file('a', 'newer'), file('b', 'new b'), file('keep', 'keep')),
    'less of a folder': tree(file('a', 'new a'), file('b', 'new b'), dir('d', file('x', 'x')), file('keep', 'keep')),
  };
  for (const [what, origin] of Object.entries(others)) assert.equal(acceptance.covers(planFor(origin)), false, what);
  const alike = tree(file('a', 'new a'), file('b', 'new b'), file('c', 'new c'), file('keep', 'keep'));
  assert.ok(acceptance.covers(planFor(alike)), 'what costs nothing needs no leave');
});
