import { baseName, parentPath, splitPath, type TreePath } from '../model/bytes.js';
import { contentKey, type Metadata, sameContent, sameMetadata, type TreeNode } from '../model/entry.js';
import { namesOf } from '../model/link-group.js';
import { type MemoryTree, walk } from '../model/memory-tree.js';
import type { Special } from '../model/special.js';
import type { Expectation, FileStep, HardLinkStep, Place, Plan, Step } from '../model/step.js';

/**
 * Executes a plan's steps on a tree in memory, one by one, as plainly as possible, for tests. Checks everything that a
 * step may rely on, and throws where the plan is wrong: expectations, parents, free destinations, held contents.
 */
export function applyPlan(tree: MemoryTree, plan: Plan): Inodes {
  const bench: Bench = { tree, stash: new Map(), held: contentsOf(tree), inodes: inodesOf(tree) };
  for (const [at, { step }] of plan.steps.entries()) {
    try {
      execute(bench, step);
    } catch (error) {
      throw new Error(`step ${at}, ${JSON.stringify(step)}: ${error instanceof Error ? error.message : error}`);
    }
  }
  if (bench.stash.size > 0) throw new Error(`left in the stash: ${[...bench.stash.keys()]}`);
  return bench.inodes;
}

/** Which file each entry is a name of, by its id: equal for hard links. */
export type Inodes = Map<number, object>;

/** That those entries and no others are names of one file which have the same group. */
export function checkLinks(tree: MemoryTree, inodes: Inodes): void {
  const ofInode = new Map<object, string | null>();
  const ofGroup = new Map<string, object>();
  for (const { path, node } of walk(tree)) {
    const inode = inodes.get(node.id);
    if (node.kind !== 'file' || inode === undefined) continue;
    if (ofInode.has(inode) && (node.group === null || ofInode.get(inode) !== node.group)) throw new Error(`"${path}" is linked`);
    ofInode.set(inode, node.group);
    if (node.group === null) continue;
    if ((ofGroup.get(node.group) ?? inode) !== inode) throw new Error(`"${path}" is not linked`);
    ofGroup.set(node.group, inode);
  }
}

interface Bench {
  readonly tree: MemoryTree;
  /** Ids by slot. */
  readonly stash: Map<number, number>;
  /** Keys of all contents in the tree, the stash and history. */
  readonly held: Set<string>;
  readonly inodes: Inodes;
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
      bench.inodes.set(insertFile(bench, step), {});
      hold(bench, step);
      break;
    case 'hard-link':
      hardLink(bench, step);
      break;
    case 'link':
      insert(bench, step.path, step.replaces, { kind: 'symlink', meta: step.meta, target: step.target });
      break;
    case 'make-special':
      insert(bench, step.path, step.replaces, { kind: 'special', meta: step.meta, special: step.special });
      return;
    case 'set-metadata': {
      const node = lookup(bench, step.path);
      expect(node, step.expect);
      setMetadata(bench, node, step.meta, step.group ?? null);
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

function insertFile(bench: Bench, { path, meta, content, group = null, replaces }: FileStep | HardLinkStep): number {
  const replaced = replaces === null ? undefined : lookup(bench, path);
  const id = insert(bench, path, replaces, { kind: 'file', meta, content, group });
  // What has another file of the same content now is the same entry.
  if (replaced?.kind !== 'file' || !sameContent(replaced.content, content)) return id;
  const { parent, name } = bench.tree.row(id);
  bench.tree.setAside(id);
  bench.tree.move(replaced.id, parent, name);
  bench.tree.setMeta(replaced.id, meta);
  bench.tree.setGroup(replaced.id, group);
  return replaced.id;
}

function hardLink(bench: Bench, step: HardLinkStep): void {
  const existing = lookup(bench, step.existing);
  const isIt = existing.kind === 'file' && existing.group === step.group && sameContent(existing.content, step.content);
  if (!isIt || !sameMetadata(existing.meta, step.meta)) throw new Error('the existing name is of another file');
  const inode = bench.inodes.get(existing.id) as object;
  if (step.replaces !== null && bench.inodes.get(lookup(bench, step.path).id) === inode) throw new Error('it is a name already');
  bench.inodes.set(insertFile(bench, step), inode);
}

/** The disk changes a file under all its names; the step's rule must name exactly those. */
function setMetadata(bench: Bench, node: TreeNode, meta: Metadata, group: string | null): void {
  if (node.kind !== 'file') {
    bench.tree.setMeta(node.id, meta);
    return;
  }
  const inode = bench.inodes.get(node.id);
  const onDisk = [...walk(bench.tree)].map((one) => one.node.id).filter((id) => bench.inodes.get(id) === inode);
  const named = namesOf(bench.tree, node).map(({ id }) => id);
  if (onDisk.sort().join() !== named.sort().join()) throw new Error(`names ${named} are meant, and ${onDisk} change`);
  for (const id of named) {
    bench.tree.setMeta(id, meta);
    bench.tree.setGroup(id, group);
  }
}

type Body =
  | { readonly kind: 'directory'; readonly complete: true; readonly children: [] }
  | { readonly kind: 'file'; readonly content: FileStep['content']; readonly group: string | null }
  | { readonly kind: 'symlink'; readonly target: string }
  | { readonly kind: 'special'; readonly special: Special };

function insert(
  bench: Bench,
  path: TreePath,
  replaces: Expectation | null,
  body: Body & { readonly meta: TreeNode['meta'] },
): number {
  const parent = lookup(bench, parentPath(path));
  if (path === '') throw new Error('the root is there already');
  if (replaces !== null) {
    const replaced = lookup(bench, path);
    if (replaced.kind === 'directory') throw new Error('a directory cannot be replaced in place');
    expect(replaced, replaces);
    bench.tree.setAside(replaced.id);
  }
  return bench.tree.insert(parent.id, { ...body, name: baseName(path) });
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

function inodesOf(tree: MemoryTree): Inodes {
  const ofGroup = new Map<string, object>();
  const inodes: Inodes = new Map();
  for (const { node } of walk(tree)) {
    if (node.kind !== 'file') continue;
    const inode = (node.group === null ? undefined : ofGroup.get(node.group)) ?? {};
    inodes.set(node.id, inode);
    if (node.group !== null) ofGroup.set(node.group, inode);
  }
  return inodes;
}

function contentsOf(tree: MemoryTree): Set<string> {
  const keys = new Set<string>();
  for (const { node } of walk(tree)) if (node.kind === 'file' && node.content !== null) keys.add(contentKey(node.content));
  return keys;
}
