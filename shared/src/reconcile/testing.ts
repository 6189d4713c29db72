import { baseName, parentPath, splitPath, type TreePath } from '../model/bytes.js';
import { contentKey, sameContent, type TreeNode } from '../model/entry.js';
import { type MemoryTree, walk } from '../model/memory-tree.js';
import type { Expectation, FileStep, Place, Plan, Step } from '../model/step.js';

/**
 * Executes a plan's steps on a tree in memory, one by one, as plainly as possible, for tests. Checks everything that a
 * step may rely on, and throws where the plan is wrong: expectations, parents, free destinations, held contents.
 */
export function applyPlan(tree: MemoryTree, plan: Plan): void {
  const bench: Bench = { tree, stash: new Map(), held: contentsOf(tree) };
  for (const [at, { step }] of plan.steps.entries()) {
    try {
      execute(bench, step);
    } catch (error) {
      throw new Error(`step ${at}, ${JSON.stringify(step)}: ${error instanceof Error ? error.message : error}`);
    }
  }
  if (bench.stash.size > 0) throw new Error(`left in the stash: ${[...bench.stash.keys()]}`);
}

interface Bench {
  readonly tree: MemoryTree;
  /** Ids by slot. */
  readonly stash: Map<number, number>;
  /** Keys of all contents in the tree, the stash and history. */
  readonly held: Set<string>;
}

function execute(bench: Bench, step: Step): void {
  switch (step.kind) {
    case 'make-directory':
      insert(bench, step.path, null, { kind: 'directory', meta: step.meta, complete: true, children: [] });
      break;
    case 'move':
      expect(nodeAt(bench, step.from), step.expect);
      relocate(bench, step.from, step.to);
      break;
    case 'put':
    case 'copy':
      insert(bench, step.path, step.replaces, { kind: 'file', meta: step.meta, content: step.content });
      hold(bench, step);
      break;
    case 'link':
      insert(bench, step.path, step.replaces, { kind: 'symlink', meta: step.meta, target: step.target });
      break;
    case 'set-metadata': {
      const node = lookup(bench, step.path);
      expect(node, step.expect);
      bench.tree.setMeta(node.id, step.meta);
      break;
    }
    case 'remove': {
      const node = nodeAt(bench, step.at);
      expect(node, step.expect);
      if (step.at.area === 'stash') bench.stash.delete(step.at.slot);
      else bench.tree.setAside(node.id);
      break;
    }
    default:
      step satisfies never;
  }
}

type Body =
  | { readonly kind: 'directory'; readonly complete: true; readonly children: [] }
  | { readonly kind: 'file'; readonly content: FileStep['content'] }
  | { readonly kind: 'symlink'; readonly target: string };

function insert(
  bench: Bench,
  path: TreePath,
  replaces: Expectation | null,
  body: Body & { readonly meta: TreeNode['meta'] },
): void {
  const parent = lookup(bench, parentPath(path));
  if (path === '') throw new Error('the root is there already');
  if (replaces !== null) {
    const replaced = lookup(bench, path);
    if (replaced.kind === 'directory') throw new Error('a directory cannot be replaced in place');
    expect(replaced, replaces);
    bench.tree.setAside(replaced.id);
  }
  bench.tree.insert(parent.id, { ...body, name: baseName(path) });
}

function relocate(bench: Bench, from: Place, to: Place): void {
  const { id } = nodeAt(bench, from);
  if (from.area === 'stash') bench.stash.delete(from.slot);
  if (to.area === 'tree') {
    bench.tree.move(id, lookup(bench, parentPath(to.path)).id, baseName(to.path));
  } else {
    if (to.slot < 1 || bench.stash.has(to.slot)) throw new Error('the slot is taken');
    bench.tree.setAside(id);
    bench.stash.set(to.slot, id);
  }
}

function hold(bench: Bench, step: FileStep): void {
  const key = contentKey(step.content);
  if (step.kind === 'put') bench.held.add(key);
  else if (!bench.held.has(key)) throw new Error('nobody holds this content');
}

function nodeAt(bench: Bench, place: Place): TreeNode {
  if (place.area === 'tree') return lookup(bench, place.path);
  const id = bench.stash.get(place.slot);
  if (id === undefined) throw new Error('the slot is empty');
  return bench.tree.row(id);
}

function lookup(bench: Bench, path: TreePath): TreeNode {
  if (splitPath(path).some((name) => name === '' || name === '.' || name === '..')) throw new Error('the path leaves the root');
  const node = bench.tree.lookup(path);
  if (node === undefined) throw new Error(`nothing is at "${path}"`);
  return node;
}

function expect(node: TreeNode, expectation: Expectation): void {
  if (node.kind !== expectation.kind) throw new Error(`found a ${node.kind}`);
  if (node.kind !== 'file') return;
  if (node.content === null ? expectation.content !== null : !sameContent(node.content, expectation.content)) {
    throw new Error('found another content');
  }
}

function contentsOf(tree: MemoryTree): Set<string> {
  const keys = new Set<string>();
  for (const { node } of walk(tree)) if (node.kind === 'file' && node.content !== null) keys.add(contentKey(node.content));
  return keys;
}
