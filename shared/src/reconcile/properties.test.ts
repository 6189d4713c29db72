import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { contentKey, type TreeNode } from '../model/entry.js';
import { MemoryTree, outline, sameIds, walk } from '../model/memory-tree.js';
import { as, file, type Sketch, textContent } from '../model/sketch.js';
import type { Plan } from '../model/step.js';
import { type Exemption, type Identity, NO_IDENTITY, type Tree } from '../model/tree.js';
import { guard } from './guard.js';
import { makePlan } from './plan.js';
import { applyPlan, checkLinks } from './testing.js';
import { anyEdits, anyNesting, anyRenames, anyTree, edited, only, partlyUnknown, sketchOf } from './testing-arbitraries.js';

const numRuns = Number(process.env['PLAN_RUNS'] ?? 200);

/** How much the planner is told of who is who: everything, about half, nothing. */
const knowledge = fc.constantFrom('full', 'partial', 'none');

function identityOf(known: string, origin: Tree, target: Tree): Identity {
  if (known === 'none') return NO_IDENTITY;
  return known === 'full' ? sameIds(origin, target) : only(sameIds(origin, target), (id) => id % 3 !== 0);
}

test('a tree that was edited: the plan arrives at it, and says truly what it costs', () => {
  fc.assert(
    fc.property(anyTree, anyEdits, knowledge, (root, edits, known) => {
      const [origin, target] = [edited(root, edits), new MemoryTree(root)];
      arrives(origin, target, identityOf(known, origin, target));
    }),
    { numRuns },
  );
});

test('unrelated trees: the plan arrives all the same, whatever identity claims', () => {
  fc.assert(
    fc.property(anyTree, anyTree, knowledge, (originRoot, targetRoot, known) => {
      const [origin, target] = [new MemoryTree(originRoot), new MemoryTree(targetRoot)];
      arrives(origin, target, identityOf(known, origin, target));
    }),
    { numRuns },
  );
});

test('folders that moved into and out of each other', () => {
  fc.assert(
    fc.property(anyNesting, anyNesting, (originRoot, targetRoot) => {
      const [origin, target] = [new MemoryTree(originRoot), new MemoryTree(targetRoot)];
      arrives(origin, target, sameIds(origin, target));
    }),
    { numRuns: numRuns * 2 },
  );
});

test('a tree that was only reorganised costs no content', () => {
  fc.assert(
    fc.property(anyTree, anyRenames, knowledge, (root, edits, known) => {
      const [origin, target] = [edited(root, edits), new MemoryTree(root)];
      const plan = makePlan(origin, target, identityOf(known, origin, target));
      assert.equal(plan.summary.wireBytes, 0);
    }),
    { numRuns },
  );
});

test('what the origin does not know of itself is never removed, and the rest arrives', () => {
  fc.assert(
    fc.property(anyTree, anyEdits, knowledge, fc.nat({ max: 6 }), (root, edits, known, salt) => {
      const target = new MemoryTree(root);
      const origin = partlyUnknown(edited(root, edits), ({ id }) => (id + salt) % 7 === 0);
      const identity = identityOf(known, origin, target);
      const kept = unknownIn(origin, target, identity);
      const plan = makePlan(origin, target, identity);
      applyPlan(target, plan);
      for (const node of kept) assert.ok(target.get(node.id) !== undefined, `${node.id} ${node.name} is gone`);
      for (const { path, node } of walk(origin)) if (isKnown(node)) assertSame(node, target.lookup(path));
      assert.deepEqual([...makePlan(origin, target, identity).steps], []);
    }),
    { numRuns },
  );
});

test('what is exempt stays where its folder stays, the rest arrives, and then there is nothing more to do', () => {
  fc.assert(
    fc.property(anyTree, anyEdits, knowledge, (root, edits, known) => {
      const target = new MemoryTree(root);
      const origin = pruned(edited(root, edits));
      const identity = identityOf(known, origin, target);
      const exempt = [...walk(target)].map(({ node }) => node).filter((node) => isExemptName(node) && !isInExempt(target, node));
      applyPlan(target, makePlan(origin, target, identity, EXEMPTION));
      for (const node of exempt) {
        if (target.get(node.parent) === undefined || origin.get(node.id) !== undefined) continue;
        const there = target.child(node.parent, node.name);
        assert.ok(there !== undefined, `${node.id} ${node.name} is gone`);
        if (!isExemptName(there)) continue;
        assert.equal(there.id, node.id);
      }
      assert.deepEqual(outline(pruned(target)), outline(origin));
      const next = makePlan(origin, target, identity, EXEMPTION);
      assert.deepEqual([...next.steps], []);
      const kept = [...walk(target)].filter(({ node }) => isExemptName(node) || isInExempt(target, node));
      assert.equal(next.summary.keptEntries, kept.length);
      const removing = makePlan(origin, target, identity);
      assert.equal(removing.summary.removedEntries, kept.length);
    }),
    { numRuns },
  );
});

/** As `A` and, of folders only, `b/` would be. */
function isExemptName(node: TreeNode): boolean {
  return node.name === 'A' || (node.name === 'b' && node.kind === 'directory');
}

const EXEMPTION: Exemption = { isExempt: (_, entry) => isExemptName(entry) };

function isInExempt(tree: Tree, node: TreeNode): boolean {
  const above = node.id === tree.root().id ? undefined : tree.get(node.parent);
  return above !== undefined && (isExemptName(above) || isInExempt(tree, above));
}

function pruned(tree: MemoryTree): MemoryTree {
  const visit = (sketch: Sketch): Sketch =>
    sketch.kind === 'directory' ? { ...sketch, children: sketch.children.filter(isKept).map(visit) } : sketch;
  const isKept = (sketch: Sketch): boolean => sketch.name !== 'A' && (sketch.name !== 'b' || sketch.kind !== 'directory');
  return new MemoryTree(visit(sketchOf(tree, tree.root(), true)));
}

/** The guard by hand: in fractions of whole numbers, over what is gone from the target when the plan is executed. */
test('the guard lets a plan through exactly when what it really loses is within its limits', () => {
  const percents = fc.oneof(fc.integer({ min: 0, max: 100 }), fc.constantFrom(0.29, 12.5, 33.3, 57.14));
  const some = fc.array(fc.constantFrom('x', 'y', 'zz', 'www', 'a longer text'), { minLength: 0, maxLength: 40, size: 'max' });
  let refusals = 0;
  fc.assert(
    fc.property(anyTree, some, anyEdits, knowledge, percents, fc.nat(40), (root, more, edits, known, sharePercent, entries) => {
      const crowd = more.map((text, index) => as(5_000 + index, file(`crowd ${index}`, text)));
      const sketch = root.kind === 'directory' ? { ...root, children: [...root.children, ...crowd] } : root;
      const target = new MemoryTree(sketch);
      // Half of the crowd is overwritten with bytes of its own, as by something that encrypts.
      const origin = edited(sketch, edits);
      for (const [index, { id }] of crowd.entries()) {
        if (id !== undefined && index % 2 === 0 && origin.get(id) !== undefined) origin.setContent(id, textContent(`?${index}`));
      }
      const before = [...walk(target)].map(({ node }) => node);
      const [targetEntries, targetBytes] = [before.length - 1, bytesIn(before)];
      const plan = makePlan(origin, target, identityOf(known, origin, target));
      const facts = { summary: plan.summary, originEntries: 1, targetEntries, targetBytes };
      const rest = { neededBytes: 0, freeBytes: 0, limits: { sharePercent, entries }, isAccepted: false };
      const verdict = guard({ ...facts, ...rest });
      applyPlan(target, plan);
      const gone = before.filter((node) => target.get(node.id) === undefined);
      const percentMillionths = BigInt(Math.round(sharePercent * 1e6));
      const exceeds = (part: number, whole: number) => BigInt(part) * 100_000_000n > percentMillionths * BigInt(whole);
      const isLarge = gone.length >= 10 && (exceeds(gone.length, targetEntries) || exceeds(bytesIn(gone), targetBytes));
      assert.equal(verdict.kind, isLarge || gone.length > entries ? 'refused' : 'allowed');
      if (isLarge) refusals++;
    }),
    { numRuns },
  );
  assert.ok(refusals > 0, 'nothing was ever refused for its share');
});

function bytesIn(nodes: readonly TreeNode[]): number {
  return nodes.reduce((sum, node) => sum + (node.kind === 'file' ? (node.content?.sizeBytes ?? 0) : 0), 0);
}

function arrives(origin: MemoryTree, target: MemoryTree, identity: Identity): void {
  const before = [...walk(target)].map(({ node }) => node);
  const lacking = lackingBytes(origin, before);
  const plan = makePlan(origin, target, identity);
  const inodes = applyPlan(target, plan);
  assert.deepEqual(outline(target), outline(origin));
  checkLinks(target, inodes);
  assert.equal(plan.summary.wireBytes, lacking);
  const gone = before.filter((node) => target.get(node.id) === undefined).length;
  assert.equal(plan.summary.removedEntries + plan.summary.overwrittenEntries, gone);
  assert.equal(plan.summary.lostBytes, bytesIn(before.filter((node) => target.get(node.id) === undefined)));
  assertNamesTargets(plan, before);
  assert.deepEqual([...makePlan(origin, target, identity).steps], []);
}

/** Bytes of the contents that the target does not hold anywhere, each counted once. */
function lackingBytes(origin: MemoryTree, target: readonly TreeNode[]): number {
  const seen = new Set(target.map(keyOf));
  let bytes = 0;
  for (const { node } of walk(origin)) {
    if (node.kind !== 'file' || node.content === null || seen.has(keyOf(node))) continue;
    seen.add(keyOf(node));
    bytes += node.content.sizeBytes;
  }
  return bytes;
}

function keyOf(node: TreeNode): string {
  return node.kind === 'file' && node.content !== null ? contentKey(node.content) : '';
}

function assertNamesTargets(plan: Plan, before: readonly TreeNode[]): void {
  const kinds = new Map(before.map((node) => [node.id, node.kind]));
  for (const { step, targetId } of plan.steps) {
    const expected = 'expect' in step ? step.expect : 'replaces' in step ? step.replaces : null;
    assert.equal(targetId === null ? undefined : kinds.get(targetId), expected?.kind);
  }
}

function isKnown(node: TreeNode): boolean {
  return node.kind !== 'file' || node.content !== null;
}

function assertSame(origin: TreeNode, target: TreeNode | undefined): void {
  assert.equal(target?.kind, origin.kind);
  assert.deepEqual(target?.meta, origin.meta);
  assert.equal(keyOf(target as TreeNode), keyOf(origin));
}

/**
 * Entries of the target that the origin may still have: in folders that it could not list, and files that it could not
 * read. Who they are is known by identity, else by name in the folder that is the same. What identity finds elsewhere
 * in the origin is known, with all that is below it.
 */
function unknownIn(origin: MemoryTree, target: MemoryTree, identity: Identity): TreeNode[] {
  const kept: TreeNode[] = [];
  const visit = (node: TreeNode, counterpart: TreeNode): void => {
    if (node.kind === 'file' && node.content === null) kept.push(counterpart);
    if (node.kind !== 'directory') return;
    for (const child of origin.children(node.id)) {
      const same = counterpartOf(child, counterpart);
      if (same !== undefined) visit(child, same);
    }
    if (node.complete) return;
    const named = new Set(origin.children(node.id).map(({ name }) => name));
    for (const child of target.children(counterpart.id)) if (!named.has(child.name)) keep(child);
  };
  const keep = (node: TreeNode): void => {
    if (livingOf(node) !== undefined) return;
    kept.push(node);
    for (const child of target.children(node.id)) keep(child);
  };
  const livingOf = (node: TreeNode): TreeNode | undefined => {
    const found = origin.get(identity.inOrigin(node.id) ?? 0);
    return found?.kind === node.kind ? found : undefined;
  };
  const counterpartOf = (node: TreeNode, parent: TreeNode): TreeNode | undefined => {
    const known = target.get(identity.inTarget(node.id) ?? 0);
    if (known?.kind === node.kind) return known;
    const named = target.child(parent.id, node.name);
    return named?.kind === node.kind && livingOf(named) === undefined ? named : undefined;
  };
  visit(origin.root(), target.root());
  return kept;
}
