import assert from 'node:assert/strict';
import { test } from 'node:test';
import { display } from '../model/bytes.js';
import { type MemoryTree, outline, sameIds, tree } from '../model/memory-tree.js';
import { as, dir, file, link, unlisted, unreadable, withMeta } from '../model/sketch.js';
import type { Place, Plan, Step } from '../model/step.js';
import { type Identity, NO_IDENTITY } from '../model/tree.js';
import { makePlan } from './plan.js';
import { applyPlan } from './testing.js';

/** A step in a few words. */
function brief(step: Step): string {
  switch (step.kind) {
    case 'make-directory':
      return `mkdir ${display(step.path)}`;
    case 'move':
      return `move ${place(step.from)} > ${place(step.to)}`;
    case 'put':
    case 'copy':
    case 'link':
    case 'make-special':
      return `${step.kind} ${display(step.path)}${step.replaces === null ? '' : ` over ${step.replaces.kind}`}`;
    case 'hard-link':
      return `name ${display(step.path)} of ${display(step.existing)}${step.replaces === null ? '' : ` over ${step.replaces.kind}`}`;
    case 'set-metadata':
      return `meta ${display(step.path)}`;
    case 'remove':
      return `remove ${place(step.at)}`;
  }
}

function place(at: Place): string {
  return at.area === 'tree' ? display(at.path) : `#${at.slot}`;
}

/** The plan's steps in words, after checking that they arrive at the origin and that nothing is left to do then. */
function steps(origin: MemoryTree, target: MemoryTree, identity: Identity = sameIds(origin, target)): string[] {
  const plan = complete(origin, target, identity);
  assert.deepEqual(outline(target), outline(origin));
  return [...plan.steps].map(({ step }) => brief(step));
}

/** As `steps`, for origins that do not know all of themselves, together with the paths that are there in the end. */
function outcome(origin: MemoryTree, target: MemoryTree, identity: Identity = sameIds(origin, target)): [string[], string[]] {
  const plan = complete(origin, target, identity);
  return [
    [...plan.steps].map(({ step }) => brief(step)),
    outline(target)
      .map((line) => line.split(' ')[0] ?? '')
      .slice(1),
  ];
}

function complete(origin: MemoryTree, target: MemoryTree, identity: Identity): Plan {
  const plan = makePlan(origin, target, identity);
  applyPlan(target, plan);
  assert.deepEqual([...makePlan(origin, target, identity).steps], [], 'a second plan has nothing to do');
  return plan;
}

test('equal trees need no step', () => {
  assert.deepEqual(steps(tree(file('a', 'x'), dir('d')), tree(file('a', 'x'), dir('d'))), []);
});

test('the root is only given its metadata', () => {
  const origin = tree(file('a', 'x'));
  origin.setMeta(origin.root().id, { ...origin.root().meta, mode: 0o700 });
  assert.deepEqual(steps(origin, tree(file('a', 'x'))), ['meta ']);
});

test('an empty target is filled from the top, and one content is sent once', () => {
  const origin = tree(dir('d', file('a', 'x'), file('b', 'x'), link('l', 'a')), file('e', ''), file('f', ''));
  assert.deepEqual(steps(origin, tree()), ['mkdir d', 'put e', 'put f', 'put d/a', 'copy d/b', 'link d/l']);
});

test('a removed folder is one step that counts all that was in it', () => {
  const target = tree(dir('d', file('a', 'x'), dir('e', file('b', 'y'))));
  const plan = makePlan(tree(), target, NO_IDENTITY);
  assert.deepEqual(
    [...plan.steps].map(({ step }) => brief(step)),
    ['remove d'],
  );
  assert.equal(plan.summary.removedEntries, 4);
});

test('two swapped folders are three moves', () => {
  const origin = tree(as(1, dir('a', file('x', '1'), file('y', '2'))), as(2, dir('b', file('x', '3'), file('z', '4'))));
  const target = tree(as(1, dir('b', file('x', '1'), file('y', '2'))), as(2, dir('a', file('x', '3'), file('z', '4'))));
  assert.deepEqual(steps(origin, target), ['move a > #1', 'move b > a', 'move #1 > b']);
});

test('three folders in a ring take one stop in the stash', () => {
  const content = (id: number) => file('f', `${id}`);
  const origin = tree(as(1, dir('a', content(1))), as(2, dir('b', content(2))), as(3, dir('c', content(3))));
  const target = tree(as(1, dir('b', content(1))), as(2, dir('c', content(2))), as(3, dir('a', content(3))));
  assert.equal(steps(origin, target).length, 4);
});

test('a chain of renames runs from its free end', () => {
  const origin = tree(as(1, file('b', '1')), as(2, file('c', '2')), as(3, file('d', '3')));
  const target = tree(as(1, file('a', '1')), as(2, file('b', '2')), as(3, file('c', '3')));
  assert.deepEqual(steps(origin, target), ['move c > d', 'move b > c', 'move a > b']);
});

test('a folder moves into what was its own child', () => {
  const origin = tree(as(2, dir('b', file('y', 'y'), as(1, dir('a', file('x', 'x'))))));
  const target = tree(as(1, dir('a', file('x', 'x'), as(2, dir('b', file('y', 'y'))))));
  assert.deepEqual(steps(origin, target), ['move a/b > b', 'move a > b/a']);
});

test('parent and child exchange names', () => {
  const origin = tree(as(2, dir('a', file('y', 'y'), as(1, dir('b', file('x', 'x'))))));
  const target = tree(as(1, dir('a', file('x', 'x'), as(2, dir('b', file('y', 'y'))))));
  assert.deepEqual(steps(origin, target), ['move a/b > #1', 'move a > #2', 'move #1 > a', 'move #2 > a/b']);
});

test('a file becomes a directory and a directory a file', () => {
  assert.deepEqual(steps(tree(dir('a', file('b', 'x'))), tree(file('a', 'x'))), ['move a > #1', 'mkdir a', 'move #1 > a/b']);
  assert.deepEqual(steps(tree(dir('a', file('b', 'y'))), tree(file('a', 'x'))), ['remove a', 'mkdir a', 'put a/b']);
  assert.deepEqual(steps(tree(file('a', 'y')), tree(dir('a', file('b', 'x')))), ['remove a', 'put a']);
  assert.deepEqual(steps(tree(link('a', 'y')), tree(dir('a', file('b', 'x')))), ['remove a', 'link a']);
});

test('files and symlinks replace each other in place', () => {
  assert.deepEqual(steps(tree(link('a', 'y')), tree(file('a', 'x'))), ['link a over file']);
  assert.deepEqual(steps(tree(file('a', 'x')), tree(link('a', 'y'))), ['put a over symlink']);
  assert.deepEqual(steps(tree(link('a', 'z')), tree(link('a', 'y'))), ['link a over symlink']);
});

test('a directory is replaced by a file from inside it', () => {
  const origin = tree(as(1, file('d', 'x')));
  const target = tree(dir('d', as(1, file('f', 'x')), file('g', 'y')));
  const plan = complete(origin, target, sameIds(origin, target));
  assert.deepEqual(
    [...plan.steps].map(({ step }) => brief(step)),
    ['move d/f > #1', 'remove d', 'move #1 > d'],
  );
  assert.equal(plan.summary.removedEntries, 2);
});

test('a folder that takes the place of the folder around it', () => {
  const origin = tree(as(1, dir('photos', file('a', 'a'), file('b', 'b'))));
  const target = tree(as(2, dir('photos', as(1, dir('photos', file('a', 'a'), file('b', 'b'))))));
  assert.deepEqual(steps(origin, target), ['move photos/photos > #1', 'remove photos', 'move #1 > photos']);
});

test('two folders merged under the name of the one that is gone: nothing is set aside', () => {
  const gone = [as(11, file('x', 'x')), as(12, file('y', 'y')), as(13, file('z', 'z'))];
  const origin = tree(as(1, dir('a', file('n', 'n'), ...gone)));
  const target = tree(as(2, dir('a', ...gone)), as(1, dir('b', file('n', 'n'))));
  assert.deepEqual(steps(origin, target).slice(-2), ['remove a', 'move b > a']);
  assert.equal(complete(origin, target, sameIds(origin, target)).steps.length, 0);
});

test('a rename that only changes case passes through the stash', () => {
  const origin = tree(as(1, file('README', 'x')), as(2, dir('\u00c4', file('f', 'f'))));
  const target = tree(as(1, file('readme', 'x')), as(2, dir('\u00e4', file('f', 'f'))));
  assert.deepEqual(steps(origin, target), ['move readme > #1', 'move #1 > README', 'move ä > #2', 'move #2 > Ä']);
});

test('a file that was moved and edited is moved, then overwritten', () => {
  const origin = tree(dir('d', as(1, file('b', 'new'))));
  const target = tree(as(1, file('a', 'old')), dir('d'));
  assert.deepEqual(steps(origin, target), ['move a > d/b', 'put d/b over file']);
});

test('a moved file whose metadata changed gets it', () => {
  const origin = tree(as(1, withMeta({ mode: 0o600 }, file('b', 'x'))));
  assert.deepEqual(steps(origin, tree(as(1, file('a', 'x')))), ['move a > b', 'meta b']);
});

test('without identity, a folder is known by its subtree, its name no matter', () => {
  const inside = [file('1', '1'), dir('e', file('2', '2'))];
  assert.deepEqual(steps(tree(dir('new', ...inside)), tree(dir('old', ...inside)), NO_IDENTITY), ['move old > new']);
});

test('without identity, a folder moved and edited is known by half of its children', () => {
  const origin = tree(dir('new', file('1', '1'), file('2', '2'), dir('sub', file('5', '5')), file('9', '9')));
  const target = tree(dir('old', file('1', '1'), file('2', '2'), dir('sub', file('5', '5')), file('3', '3')));
  assert.deepEqual(steps(origin, target, NO_IDENTITY), ['move old > new', 'put new/9', 'remove new/3']);
});

test('without identity, a file is known by its content, an empty one never', () => {
  assert.deepEqual(steps(tree(file('b', 'x')), tree(file('a', 'x')), NO_IDENTITY), ['move a > b']);
  assert.deepEqual(steps(tree(file('b', '')), tree(file('a', '')), NO_IDENTITY), ['put b', 'remove a']);
});

test('a duplicate of what stays is copied', () => {
  assert.deepEqual(steps(tree(file('a', 'x'), file('b', 'x')), tree(file('a', 'x'))), ['copy b']);
});

test('contents that changed places are copied, the files stay', () => {
  const origin = tree(as(1, file('a', 'x')), as(2, file('b', 'y')));
  const target = tree(as(1, file('a', 'y')), as(2, file('b', 'x')));
  const plan = complete(origin, target, sameIds(origin, target));
  assert.deepEqual(
    [...plan.steps].map(({ step }) => brief(step)),
    ['copy a over file', 'copy b over file'],
  );
  assert.equal(plan.summary.wireBytes, 0);
  assert.equal(plan.summary.overwrittenEntries, 2);
});

test('a folder whose new name is taken by one that goes', () => {
  const origin = tree(as(1, dir('b', file('x', 'x'))));
  const target = tree(as(1, dir('a', file('x', 'x'))), as(2, dir('b', file('y', 'y'))));
  assert.deepEqual(steps(origin, target), ['remove b', 'move a > b']);
});

test('something is rescued from a folder that is removed', () => {
  const origin = tree(dir('keep', as(1, file('x', 'x'))));
  const target = tree(dir('gone', dir('deep', as(1, file('x', 'x')), file('y', 'y'))), dir('keep'));
  assert.deepEqual(steps(origin, target), ['move gone/deep/x > keep/x', 'remove gone']);
});

test('out of a copied folder that stayed equal, nothing is taken', () => {
  const inside = [as(1, file('x', 'x')), file('y', 'y')];
  const target = tree(dir('a', ...inside));
  const origin = tree(dir('a', file('x', 'x'), file('y', 'y')), as(1, file('moved', 'x')));
  assert.deepEqual(steps(origin, target), ['copy moved']);
});

test('a folder that could not be listed stays as the target has it', () => {
  const target = tree(dir('d', file('a', 'a'), dir('e', file('b', 'b'))), file('gone', 'g'));
  const [done, left] = outcome(tree(unlisted('d')), target);
  assert.deepEqual(done, ['remove gone']);
  assert.deepEqual(left, ['d', 'd/a', 'd/e', 'd/e/b']);
});

test('what is named in a folder that is not fully known is still planned', () => {
  const target = tree(dir('d', file('a', 'a'), file('b', 'b')));
  const [done] = outcome(tree(unlisted('d', file('b', 'new'), file('c', 'c'))), target);
  assert.deepEqual(done, ['put d/b over file', 'put d/c']);
});

test('an unlisted folder that was renamed takes everything along', () => {
  const target = tree(as(1, dir('old', file('a', 'a'))), dir('other'));
  const [done, left] = outcome(tree(dir('other', as(1, unlisted('new')))), target);
  assert.deepEqual(done, ['move old > other/new']);
  assert.deepEqual(left, ['other', 'other/new', 'other/new/a']);
});

test('an unlisted folder gives up what is known to be elsewhere now, and nothing by likeness', () => {
  const target = tree(dir('d', as(1, file('a', 'a')), file('b', 'b')));
  const [done, left] = outcome(tree(unlisted('d'), as(1, file('moved', 'a')), file('twin', 'b')), target);
  assert.deepEqual(done, ['move d/a > moved', 'copy twin']);
  assert.deepEqual(left, ['d', 'd/b', 'moved', 'twin']);
});

test('an unlisted folder is not what happens to be empty under its name', () => {
  const target = tree(as(1, dir('a')), as(2, dir('b', file('x', 'x'))));
  const [done, left] = outcome(tree(as(2, unlisted('a'))), target);
  assert.deepEqual(done, ['remove a', 'move b > a']);
  assert.deepEqual(left, ['a', 'a/x']);
});

test('an unlisted folder whose counterpart is needed where it is keeps what is there under its name', () => {
  const target = tree(dir('a', as(1, dir('c', file('x', 'x')))), dir('b', file('y', 'y')));
  const [done, left] = outcome(tree(dir('a', dir('c', file('x', 'x'))), as(1, unlisted('b'))), target);
  assert.deepEqual(done, []);
  assert.deepEqual(left, ['a', 'a/c', 'a/c/x', 'b', 'b/y']);
});

test('a file that could not be read keeps its copy, also under a new name', () => {
  assert.deepEqual(outcome(tree(unreadable('a')), tree(file('a', 'x'))), [[], ['a']]);
  assert.deepEqual(outcome(tree(as(1, unreadable('b'))), tree(as(1, file('a', 'x')))), [['move a > b'], ['b']]);
  assert.deepEqual(outcome(tree(unreadable('a')), tree()), [[], []]);
});

test('an unreadable file leaves alone what has its name', () => {
  assert.deepEqual(outcome(tree(unreadable('a')), tree(dir('a', file('b', 'x')))), [[], ['a', 'a/b']]);
});

test('two plans that differ in a step differ in their digest', () => {
  const plan = (mode: number) => makePlan(tree(withMeta({ mode }, file('a', 'x'))), tree(), NO_IDENTITY);
  assert.match(plan(0o644).digest, /^[0-9a-f]{16}$/);
  assert.equal(plan(0o644).digest, plan(0o644).digest);
  assert.notEqual(plan(0o644).digest, plan(0o600).digest);
});
