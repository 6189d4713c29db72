import type { TreePath } from '../model/bytes.js';
import {
  type Content,
  type FileEntry,
  type SpecialEntry,
  type SymlinkEntry,
  sameContent,
  type TreeNode,
} from '../model/entry.js';
import { type Expectation, type FileStep, inTree, type Place, type PlannedStep, type Step } from '../model/step.js';
import type { LinkedName } from './links.js';
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
  const { id, content } = origin;
  const step: Step = { kind: 'put', path, ...fileFields(origin), replaces: replacement(replaced) };
  const lostEntries = lostBy(replaced, content);
  return { step, originId: id, targetId: replaced?.id ?? null, wireBytes: content.sizeBytes, lostEntries };
}

export function copy(origin: KnownFile, path: TreePath, replaced: TreeNode | null): PlannedStep {
  const step: Step = { kind: 'copy', path, ...fileFields(origin), replaces: replacement(replaced) };
  const lostEntries = lostBy(replaced, origin.content);
  return { step, originId: origin.id, targetId: replaced?.id ?? null, wireBytes: 0, lostEntries };
}

export function link(origin: TreeNode & SymlinkEntry, path: TreePath, replaced: TreeNode | null): PlannedStep {
  const { id, meta, target } = origin;
  const step: Step = { kind: 'link', path, meta, target, replaces: replacement(replaced) };
  return { step, originId: id, targetId: replaced?.id ?? null, wireBytes: 0, lostEntries: lostBy(replaced, null) };
}

export function hardLink({ origin, path, there }: LinkedName, group: string, existing: TreePath): PlannedStep {
  const { id, meta, content } = origin;
  const step: Step = { kind: 'hard-link', path, existing, meta, content, group, replaces: replacement(there) };
  return { step, originId: id, targetId: there?.id ?? null, wireBytes: 0, lostEntries: lostBy(there, content) };
}

export function makeSpecial(origin: TreeNode & SpecialEntry, path: TreePath, replaced: TreeNode | null): PlannedStep {
  const { id, meta, special } = origin;
  const step: Step = { kind: 'make-special', path, meta, special, replaces: replacement(replaced) };
  return { step, originId: id, targetId: replaced?.id ?? null, wireBytes: 0, lostEntries: lostBy(replaced, null) };
}

export function setMetadata(origin: TreeNode, target: TreeNode, path: TreePath): PlannedStep {
  const group = origin.kind === 'file' && origin.group !== null ? { group: origin.group } : {};
  const step: Step = { kind: 'set-metadata', path, meta: origin.meta, ...group, expect: expectationOf(target) };
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

/** A name that gets another file of the same content has lost nothing. */
function lostBy(replaced: TreeNode | null, content: Content | null): number {
  if (replaced === null) return 0;
  return replaced.kind === 'file' && sameContent(replaced.content, content) ? 0 : 1;
}

function fileFields({ meta, content, group }: KnownFile): Pick<FileStep, 'meta' | 'content' | 'group'> {
  return group === null ? { meta, content } : { meta, content, group };
}
