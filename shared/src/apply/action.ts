import type { Outcome, Step } from '../model/step.js';

/** A file, folder or symlink that gets its name in the tree by a rename. */
export interface NewThing {
  readonly kind: 'new';
  readonly name: string;
  /** Decimal: an inode number does not fit a JSON number. */
  readonly ino: string;
}

/** Two names: the new bytes for a file that is patched where it is, and its old ones (patch-file.ts). */
export interface Patch {
  readonly kind: 'patch';
  readonly redo: string;
  readonly undo: string;
}

/** What a step brings, complete and verified, in the staging folder. */
export type Staged = NewThing | Patch;

/** The names in staging that a staged thing takes. */
export function stagedNames(staged: Staged | null): string[] {
  if (staged === null) return [];
  return staged.kind === 'new' ? [staged.name] : [staged.redo, staged.undo];
}

/**
 * A step that is ready to be executed: what it brings lies in staging. `slot` is the name in history for the version
 * that the step replaces or removes, if it does.
 */
export interface Action {
  readonly index: number;
  readonly step: Step;
  /** The row that the step is meant for; null where the other side cannot know it, and for what is new. */
  readonly rowId: number | null;
  readonly staged: Staged | null;
  readonly slot: string;
}

export interface StepResult {
  readonly index: number;
  readonly outcome: Outcome;
}

/** Ends one step, and only that one, with an outcome other than `done`. */
export class StepFailed extends Error {
  readonly outcome: Exclude<Outcome, { kind: 'done' }>;

  constructor(outcome: Exclude<Outcome, { kind: 'done' }>) {
    super(outcome.message);
    this.outcome = outcome;
  }
}

export function drifted(message: string): StepFailed {
  return new StepFailed({ kind: 'drift', message });
}
