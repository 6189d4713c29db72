import { type Content, contentKey } from '@btsoot/shared/model/entry.js';
import { limits } from '@btsoot/shared/model/limits.js';
import type { FileStep, Plan, PlannedStep } from '@btsoot/shared/model/step.js';
import { planDigest } from '@btsoot/shared/reconcile/plan-digest.js';
import { besideOf, summarize } from '@btsoot/shared/reconcile/summary.js';
import { whichAreHeld } from './held.js';
import type { RemoteSession } from './remote-session.js';
import type { StepFailure } from './transfer/transfer.js';

/**
 * Content that only the remote's history still holds. The replica knows the remote's tree, not its history: what a plan
 * would send is asked for, and what is held there is copied on the remote's own disk instead.
 */
export class Reuse {
  readonly #session: RemoteSession;
  /** What was asked for so far, by key, and whether the remote has it. What it could not copy after all counts as not held. */
  readonly #held = new Map<string, boolean>();

  constructor(session: RemoteSession) {
    this.#session = session;
  }

  /** The plan with copies in place of the puts whose content the remote's history holds. Asks nothing where there is no history. */
  async reuse(plan: Plan): Promise<Plan> {
    if (!this.#session.opened.hasHistory) return plan;
    const worthAsking = plan.steps.flatMap(({ step, wireBytes }) =>
      step.kind === 'put' && isWorthAsking(step, wireBytes) ? [step.content] : [],
    );
    await this.#ask(worthAsking);
    const wanted = new Set(worthAsking.map(contentKey));
    const isCopied = (content: Content): boolean => wanted.has(contentKey(content)) && this.#isHeld(content);
    return withCopies(plan, isCopied);
  }

  /** Whether the step was to copy what the remote had said to hold. It is put if it is planned again. */
  isToBlame({ content, outcome }: StepFailure): boolean {
    if (content === null || !this.#isHeld(content)) return false;
    return outcome.kind !== 'failed' || !outcome.noSpace;
  }

  /** The remote could not copy it. */
  distrust({ content }: StepFailure): void {
    if (content !== null) this.#held.set(contentKey(content), false);
  }

  #isHeld(content: Content): boolean {
    return this.#held.get(contentKey(content)) === true;
  }

  async #ask(contents: readonly Content[]): Promise<void> {
    const unknown = contents.filter((content) => !this.#held.has(contentKey(content)));
    if (unknown.length === 0) return;
    const held = await whichAreHeld(unknown, this.#session);
    for (const content of unknown) this.#held.set(contentKey(content), held.has(contentKey(content)));
  }
}

/** A small file is sent for about what the question costs; of a large one, a small delta is less work than a copy of it all. */
function isWorthAsking({ content, replaces }: FileStep, wireBytes: number): boolean {
  if (wireBytes <= limits.inlineSizeMaxBytes) return false;
  const isLargeDelta = replaces !== null && content.sizeBytes >= limits.inPlaceSizeMinBytes;
  return !isLargeDelta || wireBytes >= content.sizeBytes * limits.reuseShareMin;
}

function withCopies(plan: Plan, isCopied: (content: Content) => boolean): Plan {
  const steps = plan.steps.map((planned): PlannedStep => {
    const { step } = planned;
    return step.kind === 'put' && isCopied(step.content)
      ? { ...planned, step: { ...step, kind: 'copy' }, wireBytes: 0 }
      : planned;
  });
  if (steps.every((planned, index) => planned === plan.steps[index])) return plan;
  return { steps, summary: summarize(steps, besideOf(plan)), digest: planDigest(steps) };
}
