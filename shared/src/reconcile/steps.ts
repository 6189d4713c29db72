import type { TreePath } from '../model/bytes.js';
import type { Content, FileEntry, SymlinkEntry, TreeNode } from '../model/entry.js';
import { type Expectation, inTree, type Place, type PlannedStep, type Step } from '../model/step.js';
import { entriesOf, type Uprooted } from './places.js';

/** A file of the origin whose content is known. */
export type KnownFile = FileEntry & { readonly id: number; readonly content: Content };

export function makeDirectory(origin: TreeNode, path: TreePath): PlannedStep {
  const step: Step = { kind: 'make-directory', path, meta: origin.meta };
  return { step, originId: origin.id, targetId: null, wireBytes: 0, lostEntries: 0 };
}

export function move(node: TreeNode, from: Place, to: Place, originId: number | null): PlannedStep {
  const step: Step = { kind: 'move', from, to, expect: expectationOf(node) };
  return { step, originId, targetId: node.id, wireBytes: 0, lostEntries: 0 };
}

export function put(origin: KnownFile, path: TreePath, replaced: TreeNode | null): PlannedStep {
  const { id, meta, content } = origin;
  const step: Step = { kind: 'put', path, meta, content, replaces: replacement(replaced) };
  return { step, originId: id, targetId: replaced?.id ?? null, wireBytes: content.sizeBytes, lostEntries: lostBy(replaced) };
}

export function copy(origin: KnownFile, path: TreePath, replaced: TreeNode | null): PlannedStep {
  const { id, meta, content } = origin;
  const step: Step = { kind: 'copy', path, meta, content, replaces: replacement(replaced) };
  return { step, originId: id, targetId: replaced?.id ?? null, wireBytes: 0, lostEntries: lostBy(replaced) };
}

export function link(origin: TreeNode & SymlinkEntry, path: TreePath, replaced: TreeNode | null): PlannedStep {
  const { id, meta, target } = origin;
  const step: Step = { kind: 'link', path, meta, target, replaces: replacement(replaced) };
  return { step, originId: id, targetId: replaced?.id ?? null, wireBytes: 0, lostEntries: lostBy(replaced) };
}

export function setMetadata(origin: TreeNode, target: TreeNode, path: TreePath): PlannedStep {
  const step: Step = { kind: 'set-metadata', path, meta: origin.meta, expect: expectationOf(target) };
  return { step, originId: origin.id, targetId: target.id, wireBytes: 0, lostEntries: 0 };
}

export function remove({ node, rescuedEntries }: Uprooted, path: TreePath): PlannedStep {
  const step: Step = { kind: 'remove', at: inTree(path), expect: expectationOf(node) };
  return { step, originId: null, targetId: node.id, wireBytes: 0, lostEntries: entriesOf(node) - rescuedEntries };
}

function expectationOf(node: TreeNode): Expectation {
  return { kind: node.kind, content: node.kind === 'file' ? node.content : null };
}

function replacement(replaced: TreeNode | null): Expectation | null {
  return replaced === null ? null : expectationOf(replaced);
}

function lostBy(replaced: TreeNode | null): number {
  return replaced === null ? 0 : 1;
}
