import type { Name, TreePath } from './bytes.js';
import type { Content, DirectoryNode, FileNode, TreeNode } from './entry.js';

/**
 * A tree to read: what the pure rooms decide on. Implemented by the manifest store over SQLite and by a plain
 * in-memory tree in tests. All calls answer at once; none has side effects.
 */
export interface Tree {
  root(): DirectoryNode;
  /** Undefined for an id that is not part of the tree (deleted, or lying in history). */
  get(id: number): TreeNode | undefined;
  /** In byte order of names. Empty for an id that is no directory. */
  children(id: number): TreeNode[];
  child(id: number, name: Name): TreeNode | undefined;
  /** Files of the tree that hold this content, at most `most` of them. */
  withContent(content: Content, most: number): FileNode[];
  /** Every name in the tree of this group (hard links), in no particular order. */
  withGroup(group: string): FileNode[];
  /** Directories of the tree with this digest, at most `most` of them. */
  withDigest(digest: string, most: number): DirectoryNode[];
}

/**
 * Which entry of one tree is the same thing as which entry of the other: what is known beyond names and contents.
 * Each side answers with an id of the other tree, or undefined where nothing is known. The relation is one to one.
 */
export interface Identity {
  /** The target tree's id for an origin tree's entry. */
  inTarget(originId: number): number | undefined;
  /** The origin tree's id for a target tree's entry. */
  inOrigin(targetId: number): number | undefined;
}

export const NO_IDENTITY: Identity = { inTarget: () => undefined, inOrigin: () => undefined };

/** What the target has and the origin has not, and that is to stay for all that: ignored at the origin, and kept. */
export interface Exemption {
  /** @param folder the origin's folder, in which it has no entry of the name of `entry` */
  isExempt(folder: DirectoryNode, entry: TreeNode): boolean;
}

export const NO_EXEMPTION: Exemption = { isExempt: () => false };

export function pathOf(tree: Tree, id: number): TreePath {
  const names: Name[] = [];
  const rootId = tree.root().id;
  for (let at = id; at !== rootId; ) {
    const node = tree.get(at);
    if (node === undefined) throw new Error(`entry ${at} is not part of the tree`);
    names.push(node.name);
    at = node.parent;
  }
  return names.reverse().join('/') as TreePath;
}
