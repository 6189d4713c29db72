import type { DirectoryNode, TreeNode } from '../model/entry.js';
import type { Exemption, Tree } from '../model/tree.js';
import { type Arrival, bytesOf, entriesOf, type Folder, type Uprooted, uproot } from './places.js';

/** By what right an entry is claimed: known to be the same thing, or merely like it. */
export type Claim = 'identity' | 'likeness';

/**
 * The target as the matching divides it up. An entry is uprooted, or a directory looked into (a Folder's home), or
 * neither: then the nearest of these above it decides about it too. So what stays as it is costs nothing here.
 */
export class Territory {
  readonly uprooted = new Map<number, Uprooted>();
  readonly #origin: Tree;
  readonly #target: Tree;
  readonly #exemption: Exemption;
  readonly #folders = new Map<number, Folder>();
  /** Directories out of which something was claimed: whatever their digest says, they are no longer that. */
  readonly #disturbed = new Set<number>();
  readonly #ancestors = new Map<number, DirectoryNode>();
  #unclaimedCount = 0;

  constructor(origin: Tree, target: Tree, exemption: Exemption) {
    this.#exemption = exemption;
    this.#origin = origin;
    this.#target = target;
  }

  /** Whether there is nothing that could be claimed by likeness. */
  get isSettled(): boolean {
    return this.#unclaimedCount === 0;
  }

  open(home: DirectoryNode, folder: Folder): void {
    this.#folders.set(home.id, folder);
  }

  folderOf(targetId: number): Folder | undefined {
    return this.#folders.get(targetId);
  }

  isDisturbed(targetId: number): boolean {
    return this.#disturbed.has(targetId);
  }

  uproot(node: TreeNode): Uprooted {
    const uprooted = uproot(node);
    this.uprooted.set(node.id, uprooted);
    this.#unclaimedCount += 1;
    return uprooted;
  }

  /**
   * Whether `node` can become another entry: it is uprooted or lies below an uprooted entry, and nobody has claimed it
   * or a directory with it inside. What an unlisted folder of the origin may still hold, and what is exempt, is given up
   * to identity only.
   */
  isClaimable(node: TreeNode, by: Claim): boolean {
    if (this.#folders.has(node.id)) return false;
    const own = this.uprooted.get(node.id);
    if (own !== undefined) return own.fate === 'unclaimed';
    let below = node;
    for (;;) {
      const above = this.parentOf(below);
      if (above === undefined) return false;
      const folder = this.#folders.get(above.id);
      if (folder !== undefined) return by === 'identity' && this.#isUnknownTo(folder, below);
      const uprooted = this.uprooted.get(above.id);
      if (uprooted !== undefined) return uprooted.fate === 'unclaimed';
      below = above;
    }
  }

  /** Whether an entry is gone when all steps are done, once all claims are made: itself, or with what is above it. */
  isLeaving(node: TreeNode): boolean {
    for (let at: TreeNode | undefined = node; at !== undefined; at = this.parentOf(at)) {
      if (this.#folders.has(at.id)) return false;
      const uprooted = this.uprooted.get(at.id);
      if (uprooted !== undefined) return uprooted.fate !== 'moves' && uprooted.fate !== 'stays';
    }
    return false;
  }

  /** Claims an entry that is claimable. `arrival` says where it moves; null: it stays where it is. */
  claim(node: TreeNode, arrival: Arrival | null): Uprooted {
    const known = this.uprooted.get(node.id);
    if (known !== undefined) this.#unclaimedCount -= 1;
    const claimed = known ?? uproot(node);
    this.uprooted.set(node.id, claimed);
    claimed.fate = arrival === null ? 'stays' : 'moves';
    claimed.arrival = arrival;
    this.#disturbAbove(node);
    return claimed;
  }

  parentOf(node: TreeNode): DirectoryNode | undefined {
    const known = this.#ancestors.get(node.parent);
    if (known !== undefined) return known;
    const parent = this.#target.get(node.parent);
    if (parent?.kind !== 'directory') return undefined;
    this.#ancestors.set(parent.id, parent);
    return parent;
  }

  /** Ties everything that moves to what it moves out of. Called once, after all claims. */
  findCarriers(): void {
    for (const uprooted of this.uprooted.values()) {
      if (uprooted.fate !== 'moves') continue;
      const carriers = this.#carriersOf(uprooted.node);
      if (carriers[0] === undefined) continue;
      carriers[0].rescuedEntries += entriesOf(uprooted.node);
      carriers[0].rescuedBytes += bytesOf(uprooted.node);
      uprooted.carriers = carriers;
      for (const carrier of carriers) {
        carrier.passengers.push(uprooted);
        carrier.insideCount += 1;
      }
    }
  }

  /** Content bytes that nobody claims. Known after `findCarriers`. */
  removedBytes(): number {
    let bytes = 0;
    for (const { node, fate, rescuedBytes } of this.uprooted.values()) {
      if (fate === 'unclaimed' || fate === 'cleared') bytes += bytesOf(node) - rescuedBytes;
    }
    return bytes;
  }

  #carriersOf(node: TreeNode): Uprooted[] {
    const carriers: Uprooted[] = [];
    for (let above = this.parentOf(node); above !== undefined; above = this.parentOf(above)) {
      const uprooted = this.uprooted.get(above.id);
      if (uprooted !== undefined) carriers.push(uprooted);
      if (uprooted?.fate === 'moves') break;
    }
    return carriers;
  }

  #isUnknownTo({ origin }: Folder, child: TreeNode): boolean {
    if (this.#origin.child(origin.id, child.name) !== undefined) return false;
    return !origin.complete || this.#exemption.isExempt(origin, child);
  }

  #disturbAbove(node: TreeNode): void {
    for (let above = this.parentOf(node); above !== undefined; above = this.parentOf(above)) {
      if (this.#folders.has(above.id) || this.#disturbed.has(above.id)) return;
      this.#disturbed.add(above.id);
    }
  }
}
