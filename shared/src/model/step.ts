import type { LinkTarget, TreePath } from './bytes.js';
import type { Content, Kind, Metadata } from './entry.js';
import type { Special } from './special.js';

/**
 * Where a step finds or leaves an entry: in the tree, or aside in the stash, a private folder beside the tree through
 * which cycles, swaps and type changes pass. Slots are numbered from 1 within a plan.
 */
export type Place = { readonly area: 'tree'; readonly path: TreePath } | { readonly area: 'stash'; readonly slot: number };

/** What a step expects to find before it acts. Rechecked against manifest and disk immediately before. */
export interface Expectation {
  readonly kind: Kind;
  /** For files: the content that the manifest says. */
  readonly content: Content | null;
}

/**
 * One step of a plan. Paths are as of the moment the step runs, all earlier steps done. No step makes or needs
 * anything outside the tree and the stash. Parents of `path` exist when the step runs.
 *
 * - `make-directory`: a new, empty directory; nothing is at `path`
 * - `move`: one rename, of whatever size; nothing is at `to`
 * - `put`: a file whose content comes from the other side; `replaces` says what it overwrites (anything but a folder), or null
 * - `copy`: a file whose content the tree's own side holds in some other file, in the stash or in history
 * - `hard-link`: `path` becomes another name of the file that is at `existing`, which has this group, content and metadata
 * - `link`: a symlink
 * - `make-special`: a FIFO or a device
 * - `set-metadata`: of an entry that stays as it is otherwise. A file has it under all of its names, so every name in the
 *   tree that has the same group, content and metadata gets the new metadata and the new group
 * - `remove`: to history, with all that is below it
 *
 * A directory's modification time need not be repeated after its children changed: whoever executes the steps gives
 * each touched directory its mirrored mode and time back.
 */
export type Step =
  | { readonly kind: 'make-directory'; readonly path: TreePath; readonly meta: Metadata }
  | { readonly kind: 'move'; readonly from: Place; readonly to: Place; readonly expect: Expectation }
  | FileStep
  | {
      readonly kind: 'link';
      readonly path: TreePath;
      readonly meta: Metadata;
      readonly target: LinkTarget;
      readonly replaces: Expectation | null;
    }
  | {
      readonly kind: 'make-special';
      readonly path: TreePath;
      readonly meta: Metadata;
      readonly special: Special;
      readonly replaces: Expectation | null;
    }
  | HardLinkStep
  | {
      readonly kind: 'set-metadata';
      readonly path: TreePath;
      readonly meta: Metadata;
      /** Of a file: what its group becomes. Left out: null. */
      readonly group?: string | null;
      readonly expect: Expectation;
    }
  | { readonly kind: 'remove'; readonly at: Place; readonly expect: Expectation };

export interface FileStep {
  readonly kind: 'put' | 'copy';
  readonly path: TreePath;
  readonly meta: Metadata;
  readonly content: Content;
  /** Of the file's names (see FileEntry). Left out: null. */
  readonly group?: string | null;
  readonly replaces: Expectation | null;
}

export interface HardLinkStep {
  readonly kind: 'hard-link';
  readonly path: TreePath;
  readonly existing: TreePath;
  readonly meta: Metadata;
  readonly content: Content;
  readonly group: string;
  readonly replaces: Expectation | null;
}

/** A step in a plan, with what the planner knows beside it. */
export interface PlannedStep {
  readonly step: Step;
  /** The origin tree's entry that this step is for; null for removals and for moves to the stash. */
  readonly originId: number | null;
  /** The target tree's entry that this step moves, replaces, changes or removes; null where it brings something new. */
  readonly targetId: number | null;
  /** Content bytes that cross the wire at most; of a put that may copy from what the target holds, as far as is known. */
  readonly wireBytes: number;
  /** Entries that leave the tree or lose their content by this step. */
  readonly lostEntries: number;
}

export interface PlanSummary {
  readonly makeDirectory: number;
  readonly move: number;
  readonly put: number;
  readonly copy: number;
  readonly link: number;
  readonly hardLink: number;
  readonly makeSpecial: number;
  readonly setMetadata: number;
  readonly remove: number;
  /** Content bytes to send at most. */
  readonly wireBytes: number;
  /** Content bytes of the files that are put, whole: what the target needs room for. */
  readonly storeBytes: number;
  /** Content bytes that the target gets from what it holds itself. */
  readonly savedBytes: number;
  /** Entries removed, subtrees counted in full. */
  readonly removedEntries: number;
  /** Files, symlinks and special files that get another content in place. */
  readonly overwrittenEntries: number;
  /**
   * Content bytes that leave the target's tree: of what is removed, and of what is overwritten as far as the new content is
   * not made of it.
   */
  readonly lostBytes: number;
  /** Entries that the target has and the origin ignores, subtrees counted in full: they stay as they are. */
  readonly keptEntries: number;
}

/** Steps in the order in which they run. They may be made whenever they are read: equal ones each time, but not the same. */
export interface Steps extends Iterable<PlannedStep> {
  readonly length: number;
  /** Not for going through them: that is what the others are for. Undefined behind the last one. */
  at(index: number): PlannedStep | undefined;
  entries(): Iterable<[number, PlannedStep]>;
}

export interface Plan {
  readonly steps: Steps;
  readonly summary: PlanSummary;
  /** 16 hexadecimal digits that name exactly these steps. */
  readonly digest: string;
}

/** How one step went, as the side that executed it says. */
export type Outcome =
  | { readonly kind: 'done' }
  /** The disk was not as the manifest said: nothing was touched. */
  | { readonly kind: 'drift'; readonly message: string }
  /** The received bytes are not the announced content: the origin's file changed meanwhile, or the wire lied. */
  | { readonly kind: 'mismatch'; readonly message: string }
  /** The origin could not read the file to its end, or no file here holds any more what was to be copied. */
  | { readonly kind: 'withdrawn'; readonly message: string }
  | { readonly kind: 'failed'; readonly message: string; readonly noSpace: boolean };

export function inTree(path: TreePath): Place {
  return { area: 'tree', path };
}
