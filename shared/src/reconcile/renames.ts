import type { DirectoryNode, TreeNode } from '../model/entry.js';
import { limits } from '../model/limits.js';
import type { Tree } from '../model/tree.js';
import { isKnownFile } from './contents.js';
import type { Kinship } from './kinship.js';
import type { Uprooted } from './places.js';
import type { KnownFile } from './steps.js';
import type { Territory } from './territory.js';

/** Finds what an entry of the origin was called before, where identity does not say: by what it holds. */
export class Renames {
  readonly #origin: Tree;
  readonly #target: Tree;
  readonly #kinship: Kinship;
  readonly #territory: Territory;

  constructor(origin: Tree, target: Tree, kinship: Kinship, territory: Territory) {
    this.#origin = origin;
    this.#target = target;
    this.#kinship = kinship;
    this.#territory = territory;
  }

  /** A directory with exactly this subtree, else one that holds at least half of its children. */
  directoryLike(origin: DirectoryNode, occupant: Uprooted | null): DirectoryNode | undefined {
    if (!origin.complete || origin.entryCount === 0 || this.#territory.isSettled) return undefined;
    return this.#directoryWithSameDigest(origin) ?? this.#directoryWithMostOf(origin, occupant);
  }

  /**
   * A file with exactly this content, if possible of this name. Empty files are never the same file. Asked when every
   * directory is matched: whatever is not claimed by then is wanted by nobody else.
   */
  fileLike(origin: TreeNode & KnownFile): TreeNode | undefined {
    if (origin.content.sizeBytes === 0 || this.#territory.isSettled) return undefined;
    const candidates = this.#target
      .withContent(origin.content, limits.renameCandidatesMax)
      .filter((file) => this.#territory.isClaimable(file, 'likeness'));
    return candidates.find((file) => file.name === origin.name) ?? candidates[0];
  }

  #directoryWithSameDigest(origin: DirectoryNode): DirectoryNode | undefined {
    if (origin.digest === '') return undefined;
    const candidates = this.#target
      .withDigest(origin.digest, limits.renameCandidatesMax)
      .filter((directory) => this.#isFree(directory) && !this.#territory.isDisturbed(directory.id));
    return candidates.find((directory) => directory.name === origin.name) ?? candidates[0];
  }

  /** Each child votes for the directories that have its like. */
  #directoryWithMostOf(origin: DirectoryNode, occupant: Uprooted | null): DirectoryNode | undefined {
    const votes = new Map<number, number>();
    let voterCount = 0;
    for (const child of this.#origin.children(origin.id)) {
      if (!hasBody(child)) continue;
      voterCount += 1;
      for (const parent of new Set(this.#likesOf(child).map((like) => like.parent))) {
        votes.set(parent, (votes.get(parent) ?? 0) + 1);
      }
    }
    return this.#elected(votes, voterCount, occupant);
  }

  /** Of those with most votes the one that is there under this name already, else the oldest. */
  #elected(votes: Map<number, number>, voterCount: number, occupant: Uprooted | null): DirectoryNode | undefined {
    const ranked = [...votes]
      .filter(([, count]) => count * 2 >= voterCount)
      .sort(([a, countA], [b, countB]) => {
        if (countA !== countB) return countB - countA;
        if (a === occupant?.node.id) return -1;
        return b === occupant?.node.id ? 1 : a - b;
      });
    for (const [id] of ranked) {
      const candidate = this.#target.get(id);
      if (candidate?.kind === 'directory' && this.#isFree(candidate)) return candidate;
    }
    return undefined;
  }

  #likesOf(child: TreeNode): TreeNode[] {
    if (isKnownFile(child)) return this.#target.withContent(child.content, limits.renameCandidatesMax);
    return child.kind === 'directory' ? this.#target.withDigest(child.digest, limits.renameCandidatesMax) : [];
  }

  /** While directories are being matched, an entry with a living counterpart is left for that. */
  #isFree(directory: DirectoryNode): boolean {
    return this.#territory.isClaimable(directory, 'likeness') && this.#kinship.inOrigin(directory) === undefined;
  }
}

/** Whether there is something by which an entry could be recognised. */
function hasBody(node: TreeNode): boolean {
  switch (node.kind) {
    case 'file':
      return node.content !== null && node.content.sizeBytes > 0;
    case 'directory':
      return node.complete && node.entryCount > 0 && node.digest !== '';
    case 'symlink':
    case 'special':
      return false;
  }
}
