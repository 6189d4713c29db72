import type { TreeNode } from '../model/entry.js';
import type { Identity, Tree } from '../model/tree.js';

/** Identity, as far as it still means something: both entries are there and of one kind. */
export class Kinship {
  readonly #origin: Tree;
  readonly #target: Tree;
  readonly #identity: Identity;

  constructor(origin: Tree, target: Tree, identity: Identity) {
    this.#origin = origin;
    this.#target = target;
    this.#identity = identity;
  }

  inTarget(origin: TreeNode): TreeNode | undefined {
    const id = this.#identity.inTarget(origin.id);
    const target = id === undefined ? undefined : this.#target.get(id);
    return target?.kind === origin.kind ? target : undefined;
  }

  inOrigin(target: TreeNode): TreeNode | undefined {
    const id = this.#identity.inOrigin(target.id);
    const origin = id === undefined ? undefined : this.#origin.get(id);
    return origin?.kind === target.kind ? origin : undefined;
  }

  /** Whether two entries of one name are the same thing. What nothing else is known of, is what it is called. */
  isSame(origin: TreeNode, target: TreeNode): boolean {
    if (origin.kind !== target.kind) return false;
    const counterpart = this.inTarget(origin);
    if (counterpart !== undefined) return counterpart.id === target.id;
    return this.inOrigin(target) === undefined;
  }
}
