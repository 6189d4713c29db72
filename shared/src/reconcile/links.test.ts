import assert from 'node:assert/strict';
import { test } from 'node:test';
import { display } from '../model/bytes.js';
import { type MemoryTree, outline, sameIds, tree } from '../model/memory-tree.js';
import { as, dir, file, grouped, type Sketch, unlisted, withMeta } from '../model/sketch.js';
import type { Step } from '../model/step.js';
import { makePlan } from './plan.js';
import { applyPlan, checkLinks } from './testing.js';

function brief(step: Step): string {
  switch (step.kind) {
    case 'hard-link':
      return `name ${display(step.path)} of ${display(step.existing)}`;
    case 'set-metadata':
      return `meta ${display(step.path)}${step.group === undefined ? '' : ` in ${Number(step.group)}`}`;
    case 'move':
      return `move to ${step.to.area === 'tree' ? display(step.to.path) : 'stash'}`;
    case 'remove':
      return `remove ${step.at.area === 'tree' ? display(step.at.path) : 'stash'}`;
    default:
      return `${step.kind} ${display(step.path)}`;
  }
}

/** The steps in words, after checking that they arrive at the origin, links included, and that nothing is left to do then. */
function steps(origin: MemoryTree, target: MemoryTree): string[] {
  const plan = makePlan(origin, target, sameIds(origin, target));
  checkLinks(target, applyPlan(target, plan));
  assert.deepEqual(outline(target), outline(origin));
  assert.deepEqual([...makePlan(origin, target, sameIds(origin, target)).steps], []);
  return [...plan.steps].map(({ step }) => brief(step));
}

const names = (group: number, text: string, ...called: readonly string[]): Sketch[] =>
  called.map((name) => grouped(group, file(name, text)));

test('new names: the content comes once, or not at all', () => {
  assert.deepEqual(steps(tree(...names(1, 'text', 'a', 'b', 'c')), tree()), ['put a', 'name b of a', 'name c of a']);
  assert.deepEqual(steps(tree(...names(1, 'text', 'a', 'b')), tree(file('b', 'text'))), ['meta b in 1', 'name a of b']);
  assert.deepEqual(steps(tree(...names(1, 'text', 'a', 'b', 'c')), tree(...names(1, 'text', 'a', 'b'))), ['name c of a']);
});

test('a name far away, in a folder that nobody has to look into, is linked to where it is by then', () => {
  const deep = as(7, dir('deep', ...names(1, 'text', 'a'), file('other', 'x')));
  const target = tree(deep, ...names(1, 'text', 'b'));
  const origin = tree({ ...deep, name: 'moved' as never }, ...names(1, 'text', 'b', 'c'));
  assert.deepEqual(steps(origin, target), ['move to moved', 'name c of moved/a']);
});

test('an edit in place is sent once, and comes to all names', () => {
  assert.deepEqual(steps(tree(...names(1, 'new', 'a', 'b', 'c')), tree(...names(1, 'old', 'a', 'b', 'c'))), [
    'put a',
    'name b of a',
    'name c of a',
  ]);
});

test('metadata changes once, for all names', () => {
  const origin = tree(...names(1, 'text', 'a', 'b', 'c').map((one) => withMeta({ mode: 0o600 }, one)));
  assert.deepEqual(steps(origin, tree(...names(1, 'text', 'a', 'b', 'c'))), ['meta a in 1']);
});

test('a link that is broken is one step, and one more where a single name is left', () => {
  const three = names(1, 'text', 'a', 'b', 'c');
  assert.deepEqual(steps(tree(file('a', 'new'), ...three.slice(1)), tree(...three)), ['put a']);
  assert.deepEqual(steps(tree(file('a', 'text'), ...three.slice(1)), tree(...three)), ['copy a']);
  const two = names(1, 'text', 'a', 'b');
  assert.deepEqual(steps(tree(file('a', 'new'), file('b', 'text')), tree(...two)), ['meta b', 'put a']);
  assert.deepEqual(steps(tree(file('a', 'text'), file('b', 'text')), tree(...two)), ['meta a', 'copy b']);
});

test('a name that moves from one file to another, and names that are swapped', () => {
  const one = (...called: string[]): Sketch[] => names(1, 'one', ...called);
  const two = (...called: string[]): Sketch[] => names(2, 'two', ...called);
  const target = (): MemoryTree => tree(...one('a', 'b', 'c'), ...two('x', 'y'));
  assert.deepEqual(steps(tree(...one('a', 'b'), ...two('c', 'x', 'y')), target()), ['name c of x']);
  assert.deepEqual(steps(tree(...one('a', 'b', 'x'), ...two('c', 'y')), target()), ['name c of y', 'name x of a']);
});

test('groups of another name, as a manifest made anew has them, cost a word each', () => {
  const target = tree(...names(1, 'one', 'a', 'b', 'c'), ...names(2, 'two', 'x', 'y'));
  assert.deepEqual(steps(tree(...names(8, 'one', 'a', 'b', 'c'), ...names(9, 'two', 'x', 'y')), target), [
    'meta a in 8',
    'meta x in 9',
  ]);
});

test('a file never takes the group of another one that still has names', () => {
  const target = tree(file('p', 'same'), ...names(1, 'same', 'x', 'y'));
  const origin = tree(...names(1, 'same', 'p', 'q'), file('x', 'same'), file('y', 'same'));
  assert.deepEqual(steps(origin, target), ['meta x', 'copy p', 'copy y', 'name q of p']);
});

test('a name in a folder that could not be listed keeps its metadata', () => {
  const [inside, outside] = names(1, 'text', 'inside', 'outside') as [Sketch, Sketch];
  const target = tree(as(1, dir('closed', as(2, inside))), as(3, outside));
  const origin = tree(as(1, unlisted('closed')), as(3, withMeta({ mode: 0o600 }, file('outside', 'text'))));
  const plan = makePlan(origin, target, sameIds(origin, target));
  assert.deepEqual(
    [...plan.steps].map(({ step }) => brief(step)),
    ['copy outside'],
  );
  applyPlan(target, plan);
  assert.equal(target.get(2)?.meta.mode, 0o644);
});

test('what is linked anew loses nothing, and what is overwritten counts by its names', () => {
  const target = tree(file('a', 'text'), file('b', 'text'), ...names(1, 'old', 'x', 'y'));
  const origin = tree(...names(2, 'text', 'a', 'b'), ...names(1, 'new', 'x', 'y'));
  const { summary } = makePlan(origin, target, sameIds(origin, target));
  assert.deepEqual([summary.overwrittenEntries, summary.hardLink, summary.put], [2, 2, 1]);
  assert.equal(summary.wireBytes, 3);
});
