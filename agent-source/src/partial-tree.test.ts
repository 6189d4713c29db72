import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromText, type TreePath } from '@btsoot/shared/model/bytes.js';
import { BtsootError } from '@btsoot/shared/model/errors.js';
import { outline, tree } from '@btsoot/shared/model/memory-tree.js';
import { dir, file, withMeta } from '@btsoot/shared/model/sketch.js';
import { NO_IDENTITY } from '@btsoot/shared/model/tree.js';
import { makePlan } from '@btsoot/shared/reconcile/plan.js';
import { PartialTree, topmost } from './partial-tree.js';

const path = (text: string) => fromText(text) as TreePath;

const backup = tree(
  dir('2019', dir('rome', file('a', 'one'), file('b', 'two')), file('c', 'three')),
  dir('2020', file('d', 'four')),
);

function plannedPaths(local: ReturnType<typeof tree>, paths: string[], exact: boolean): string[] {
  const view = new PartialTree(backup, { paths: paths.map(path), exact, receiver: local });
  return [...makePlan(view, local, NO_IDENTITY).steps].map(({ step }) => `${step.kind} ${'path' in step ? step.path : ''}`);
}

test('only the selected paths are planned, with the folders that lead to them', () => {
  assert.deepEqual(plannedPaths(tree(), ['2019/rome/a'], false), [
    'make-directory 2019',
    'make-directory 2019/rome',
    'put 2019/rome/a',
  ]);
});

test('what lies beside a selection is left alone, also in an exact one', () => {
  const local = tree(dir('2019', dir('rome', file('a', 'one'), file('b', 'two')), file('mine', 'local')), file('other', 'local'));
  assert.deepEqual(plannedPaths(local, ['2019/rome'], true), []);
});

test('an exact selection removes what it does not have, another one leaves it', () => {
  const local = tree(dir('2020', file('d', 'four'), file('extra', 'local')));
  assert.deepEqual(plannedPaths(local, ['2020'], false), []);
  const view = new PartialTree(backup, { paths: [path('2020')], exact: true, receiver: local });
  const [only, ...others] = makePlan(view, local, NO_IDENTITY).steps;
  assert.equal(only?.step.kind, 'remove');
  assert.deepEqual(others, []);
});

test('folders on the way keep the metadata that they have', () => {
  const local = tree(withMeta({ mode: 0o700 }, dir('2019', dir('rome', file('a', 'one'), file('b', 'two')))));
  assert.deepEqual(plannedPaths(local, ['2019/rome'], false), []);
});

test('no paths at all select everything', () => {
  const view = new PartialTree(backup, { paths: [], exact: true, receiver: tree() });
  assert.deepEqual(outline(view), outline(backup));
});

test('a path that the backup does not have is said by name', () => {
  assert.throws(
    () => new PartialTree(backup, { paths: [path('2019/paris')], exact: false, receiver: tree() }),
    (error) => error instanceof BtsootError && error.kind === 'not-found' && error.message.includes('2019/paris'),
  );
});

test('of paths that contain each other, the topmost are taken', () => {
  assert.deepEqual(topmost(['a/b', 'a', 'a b', 'a/c', 'd/e'].map(path)), ['a', 'a b', 'd/e']);
  assert.deepEqual(topmost(['a', ''].map(path)), []);
});
