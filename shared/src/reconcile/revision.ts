import type { PlannedStep, Steps } from '../model/step.js';
import { StepPacker } from './packed-steps.js';

/** Steps that are gone through one by one, some of which are changed or left out. Takes no memory until one is. */
export class Revision {
  readonly #steps: Steps;
  #revised: StepPacker | null = null;
  #seen = 0;

  constructor(steps: Steps) {
    this.#steps = steps;
  }

  /** @param became what the next step, `planned`, becomes: itself, or another one, or null where it is left out */
  next(planned: PlannedStep, became: PlannedStep | null): void {
    if (became !== planned) this.#revised ??= this.#seenSoFar();
    if (became !== null) this.#revised?.add(became);
    this.#seen += 1;
  }

  /** Called when all steps were gone through. The very same steps where none has changed. */
  finish(): Steps {
    return this.#revised?.finish() ?? this.#steps;
  }

  #seenSoFar(): StepPacker {
    const packer = new StepPacker();
    for (const [index, planned] of this.#steps.entries()) {
      if (index === this.#seen) break;
      packer.add(planned);
    }
    return packer;
  }
}

export function revised(steps: Steps, change: (planned: PlannedStep, index: number) => PlannedStep | null): Steps {
  const revision = new Revision(steps);
  for (const [index, planned] of steps.entries()) revision.next(planned, change(planned, index));
  return revision.finish();
}
