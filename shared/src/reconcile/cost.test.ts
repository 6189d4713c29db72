import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Name } from '../model/bytes.js';
import { MemoryTree, sameIds, tree } from '../model/memory-tree.js';
import { as, dir, file, type Sketch } from '../model/sketch.js';
import { NO_IDENTITY, type Tree } from '../model/tree.js';
import { makePlan } from './plan.js';
import { applyPlan } from './testing.js';

const COUNT = 20_000;

/** Counts what the planner reads of a tree. */
function counting(read: Tree): { readonly tree: Tree; reads: () => number } {
  let reads = 0;
  const count = <T>(answer: T): T => {
    reads += 1;
    return answer;
  };
  const tree: Tree = {
    root: () => count(read.root()),
    get: (id) => count(read.get(id)),
    children: (id) => count(read.children(id)),
    child: (id, name) => count(read.child(id, name)),
    withContent: (content, most) => count(read.withContent(content, most)),
    withGroup: (group) => count(read.withGroup(group)),
    withDigest: (digest, most) => count(read.withDigest(digest, most)),
  };
  return { tree, reads: () => reads };
}

function folder(id: number, name: string, text: string): Sketch {
  const files = Array.from({ length: COUNT / 100 }, (_, at) => file(`f${at}`, `${text} ${at}`));
  return as(id, dir(name, ...Array.from({ length: 100 }, (_, at) => dir(`d${at}`, ...files))));
}

test('two large folders are swapped at the price of two small ones', () => {
  const target = new MemoryTree(dir('', folder(1, 'a', 'one'), folder(2, 'b', 'two'), dir('c')));
  const origin = new MemoryTree(dir('', folder(1, 'b', 'one'), folder(2, 'a', 'two'), dir('c')));
  const [countedOrigin, countedTarget] = [counting(origin), counting(target)];
  const plan = makePlan(countedOrigin.tree, countedTarget.tree, sameIds(origin, target));
  assert.equal(plan.steps.length, 3);
  assert.ok(countedOrigin.reads() + countedTarget.reads() < 30);
});

test('a permutation of many files takes one extra move a ring, a long chain none', () => {
  const names = Array.from({ length: COUNT }, (_, at) => `f${at}`);
  const target = tree(...names.map((name, at) => as(at + 1, file(name, `${at}`))));
  const turned = tree(...names.map((_, at) => as(at + 1, file(`f${(at + 1) % COUNT}`, `${at}`))));
  const plan = makePlan(turned, target, sameIds(turned, target));
  assert.equal(plan.summary.move, COUNT + 1);
  assert.equal(plan.summary.wireBytes, 0);
  const shifted = tree(...names.map((_, at) => as(at + 1, file(`f${at + 1}`, `${at}`))));
  assert.equal(makePlan(shifted, target, sameIds(shifted, target)).summary.move, COUNT);
});

test('many additions take one look each', () => {
  const origin = new MemoryTree(dir('', folder(1, 'a', 'one')));
  const target = tree();
  const counted = counting(target);
  const plan = makePlan(origin, counted.tree, NO_IDENTITY);
  assert.equal(plan.summary.put, COUNT / 100);
  assert.equal(plan.summary.copy, COUNT - COUNT / 100);
  assert.ok(counted.reads() < COUNT);
  applyPlan(target, plan);
  assert.deepEqual(target.child(target.root().id, 'a' as Name)?.kind, 'directory');
});
