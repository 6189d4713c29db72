import { display, joinPath, type Name, ROOT_PATH, splitPath, type TreePath } from '@btsoot/shared/model/bytes.js';
import type { Content, DirectoryNode, FileNode, TreeNode } from '@btsoot/shared/model/entry.js';
import { BtsootError } from '@btsoot/shared/model/errors.js';
import type { Tree } from '@btsoot/shared/model/tree.js';

export interface Selection {
  /** Empty: the whole tree. */
  readonly paths: readonly TreePath[];
  /** Whether the selected folders are to hold nothing else afterwards; otherwise what is not in them is left alone. */
  readonly exact: boolean;
  /** The tree that will receive the selection: folders on the way to it keep their own metadata. */
  readonly receiver: Tree;
}

/**
 * Parts of a tree, as an origin for the planner: the folders that lead to the selected paths list only those, and say
 * that they are not complete, so that nothing beside the selection is touched.
 */
export class PartialTree implements Tree {
  readonly #tree: Tree;
  readonly #exact: boolean;
  /** Folders on the way to the selection: which children are of interest, and what metadata the receiver has there. */
  readonly #onTheWay = new Map<number, { names: Set<Name>; receiver: TreeNode | undefined }>();

  /** @throws BtsootError of kind `not-found` for a path that the tree does not have. */
  constructor(tree: Tree, { paths, exact, receiver }: Selection) {
    this.#tree = tree;
    this.#exact = exact;
    for (const path of paths) this.#select(path, receiver);
    for (const path of paths) this.#onTheWay.delete(this.#find(path).id);
  }

  root(): DirectoryNode {
    return this.#view(this.#tree.root()) as DirectoryNode;
  }

  get(id: number): TreeNode | undefined {
    const node = this.#tree.get(id);
    return node === undefined ? undefined : this.#view(node);
  }

  children(id: number): TreeNode[] {
    const wanted = this.#onTheWay.get(id)?.names;
    const children = this.#tree.children(id);
    return (wanted === undefined ? children : children.filter(({ name }) => wanted.has(name))).map((node) => this.#view(node));
  }

  child(id: number, name: Name): TreeNode | undefined {
    const wanted = this.#onTheWay.get(id)?.names;
    const node = wanted === undefined || wanted.has(name) ? this.#tree.child(id, name) : undefined;
    return node === undefined ? undefined : this.#view(node);
  }

  withContent(content: Content, most: number): FileNode[] {
    return this.#tree.withContent(content, most);
  }

  withGroup(group: string): FileNode[] {
    return this.#tree.withGroup(group);
  }

  withDigest(digest: string, most: number): DirectoryNode[] {
    return this.#tree.withDigest(digest, most);
  }

  #view(node: TreeNode): TreeNode {
    if (node.kind !== 'directory') return node;
    const way = this.#onTheWay.get(node.id);
    // A digest over all children says nothing about those that are shown.
    if (way !== undefined) return { ...node, complete: false, digest: '', meta: way.receiver?.meta ?? node.meta };
    return this.#exact ? node : { ...node, complete: false };
  }

  #select(path: TreePath, receiver: Tree): void {
    let at: TreeNode = this.#tree.root();
    let there: TreeNode | undefined = receiver.root();
    for (const name of splitPath(path)) {
      const way = this.#onTheWay.get(at.id) ?? { names: new Set<Name>(), receiver: there };
      way.names.add(name);
      this.#onTheWay.set(at.id, way);
      at = this.#child(at, name, path);
      there = there === undefined ? undefined : receiver.child(there.id, name);
    }
  }

  #find(path: TreePath): TreeNode {
    return splitPath(path).reduce<TreeNode>((at, name) => this.#child(at, name, path), this.#tree.root());
  }

  #child(at: TreeNode, name: Name, path: TreePath): TreeNode {
    const child = this.#tree.child(at.id, name);
    if (child === undefined) {
      throw new BtsootError('not-found', `${display(path)} is not in the backup at that time`, {
        hint: '`btsoot history BLOCK PATH` says in which sessions it is, also where it was renamed or removed since.',
      });
    }
    return child;
  }
}

/** Paths that others already contain are left out; the root stands for everything. */
export function topmost(paths: readonly TreePath[]): TreePath[] {
  const sorted = [...new Set(paths)].sort();
  if (sorted.includes(ROOT_PATH)) return [];
  return sorted.filter((path) => !splitPath(path).slice(0, -1).some(startsAnother(sorted)));
}

function startsAnother(paths: readonly TreePath[]): (name: Name) => boolean {
  const known = new Set<string>(paths);
  let at: TreePath = ROOT_PATH;
  return (name) => {
    at = joinPath(at, name);
    return known.has(at);
  };
}
