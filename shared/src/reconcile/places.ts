import type { TreePath } from '../model/bytes.js';
import type { DirectoryNode, TreeNode } from '../model/entry.js';

/** A directory of the origin that the plan looks into. Those with nothing to do in them have no Folder. */
export interface Folder {
  readonly origin: DirectoryNode;
  /** Where it is in the origin, and where it is to be in the target. */
  readonly path: TreePath;
  /** Null for the root. */
  readonly parent: Folder | null;
  /** The target's directory that becomes this one; null where it has to be made. */
  readonly home: DirectoryNode | null;
  /** The step that brings it to its place; null where it is there already, once its parent is. */
  readonly arrival: Arrival | null;
  /** Folders inside that have no arrival of their own. */
  readonly staying: Folder[];
  readonly arrivals: Arrival[];
  /** Whether it has reached its place, while the steps are being ordered. */
  placed: boolean;
}

/** An entry of the origin that gets to its place by being moved there, or, a new directory, by being made. */
export interface Arrival {
  readonly origin: TreeNode;
  /** Where to. */
  readonly folder: Folder;
  /** The entry of the target that is moved; null for a new directory. */
  source: Uprooted | null;
  /** What the target has under this very name. */
  readonly occupant: Uprooted | null;
  /** Itself, where it is a directory to look into. */
  inside: Folder | null;
  /** Whether its step is written down. */
  done: boolean;
}

/**
 * What becomes of an uprooted entry:
 *
 * - `unclaimed`: it is removed, if nobody claims it
 * - `moves`: it has an arrival
 * - `stays`: it belongs where it is after all
 * - `replaced`: a file or symlink takes its place in one go
 * - `cleared`: a directory that is removed before a file or symlink takes its place
 */
export type Fate = 'unclaimed' | 'moves' | 'stays' | 'replaced' | 'cleared';

/** An entry of the target that is not what the origin has under its name: somebody claims it, or it goes. */
export interface Uprooted {
  readonly node: TreeNode;
  fate: Fate;
  /** For `moves`: where to. */
  arrival: Arrival | null;
  /** Where the ordered steps have brought it so far. */
  whereabouts: 'home' | 'stash' | 'arrived' | 'removed';
  /** For `stash`. */
  slot: number;
  /** For `moves`: the uprooted entries it lies in, the nearest first, up to one that moves itself. */
  carriers: readonly Uprooted[];
  /** Entries that have this one among their carriers: it must not go before they have left. Those that have may be missing. */
  readonly passengers: Uprooted[];
  /** How many of them have not left yet. */
  insideCount: number;
  /** How many entries move out of what would be removed with this one, all that is below them counted. */
  rescuedEntries: number;
  /** Their content bytes. */
  rescuedBytes: number;
  /** The arrival that waits for this one's place. */
  waiter: Arrival | null;
}

export function uproot(node: TreeNode): Uprooted {
  return {
    node,
    fate: 'unclaimed',
    arrival: null,
    whereabouts: 'home',
    slot: 0,
    carriers: [],
    passengers: [],
    insideCount: 0,
    rescuedEntries: 0,
    rescuedBytes: 0,
    waiter: null,
  };
}

/** The content bytes of an entry and of what is below. */
export function bytesOf(node: TreeNode): number {
  if (node.kind === 'directory') return node.totalBytes;
  return node.kind === 'file' ? (node.content?.sizeBytes ?? 0) : 0;
}

/** How many entries a tree loses with this one: itself and what is below. */
export function entriesOf(node: TreeNode): number {
  return node.kind === 'directory' ? 1 + node.entryCount : 1;
}
