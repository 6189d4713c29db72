import type { Outcome, Step } from '../model/step.js';

/** Something complete and verified that waits in the staging folder for its name in the tree. */
export interface Staged {
  readonly name: string;
  /** Decimal: an inode number does not fit a JSON number. */
  readonly ino: string;
}

/**
 * A step that is ready to be executed: what it brings lies in staging. `slot` is the name in history for the version
 * that the step replaces or removes, if it does.
 */
export interface Action {
  readonly index: number;
  readonly step: Step;
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
