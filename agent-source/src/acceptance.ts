import { contentKey } from '@btsoot/shared/model/entry.js';
import { specialText } from '@btsoot/shared/model/special.js';
import type { Plan, PlannedStep, Step } from '@btsoot/shared/model/step.js';

/**
 * That a person has accepted what one plan removes and overwrites. It holds for that plan, and from then on for what is left
 * of it when it was cut off in its midst.
 */
export class Acceptance {
  /** Of the plan; null where nobody has accepted anything. */
  readonly digest: string | null;
  #losses: ReadonlySet<string> | null = null;

  constructor(digest: string | null) {
    this.digest = digest;
  }

  covers(plan: Plan): boolean {
    if (plan.digest === this.digest) {
      this.#losses = new Set(lossesOf(plan));
      return true;
    }
    const accepted = this.#losses;
    if (accepted === null) return false;
    for (const loss of lossesOf(plan)) if (!accepted.has(loss)) return false;
    return true;
  }
}

/** What each step does to which of the target's entries. Paths and slots of the stash differ between a plan and its rest. */
function* lossesOf({ steps }: Plan): Generator<string> {
  for (const planned of steps) if (planned.lostEntries > 0) yield lossOf(planned);
}

function lossOf({ step, targetId, lostEntries }: PlannedStep): string {
  return JSON.stringify([targetId, lostEntries, becomes(step)]);
}

/** What is brought once for several files comes by other kinds of steps, when one of them is there already. */
function becomes(step: Step): readonly string[] {
  switch (step.kind) {
    case 'put':
    case 'copy':
    case 'hard-link':
      return ['file', contentKey(step.content)];
    case 'link':
      return [step.kind, step.target];
    case 'make-special':
      return [step.kind, specialText(step.special)];
    case 'make-directory':
    case 'move':
    case 'set-metadata':
    case 'remove':
      return [step.kind];
    default:
      return step satisfies never;
  }
}
