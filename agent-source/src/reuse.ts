import { display } from '@btsoot/shared/model/bytes.js';
import { type Content, contentKey } from '@btsoot/shared/model/entry.js';
import { limits } from '@btsoot/shared/model/limits.js';
import type { FileStep, Plan, PlannedStep } from '@btsoot/shared/model/step.js';
import { planDigest } from '@btsoot/shared/reconcile/plan-digest.js';
import { revised } from '@btsoot/shared/reconcile/revision.js';
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
  /** What was asked for so far, by key, and whether the remote's history has it. */
  readonly #held = new Map<string, boolean>();
  #plan: Plan | null = null;
  /** The files that the plan at hand has copied, by their paths for people; null until somebody asks. */
  #copied: ReadonlySet<string> | null = null;
  /** What the remote could not copy after all, from its tree or its history. */
  readonly #failed = new Set<string>();

  constructor(session: RemoteSession) {
    this.#session = session;
  }

  /**
   * The plan with copies in place of the puts whose content the remote's history holds, and with puts for what it could not
   * copy before. Asks nothing where there is no history.
   */
  async reuse(planned: Plan): Promise<Plan> {
    this.#plan = await this.#withCopies(withPuts(planned, this.#failed));
    this.#copied = null;
    return this.#plan;
  }

  async #withCopies(plan: Plan): Promise<Plan> {
    if (!this.#session.opened.hasHistory) return plan;
    const worthAsking: Content[] = [];
    for (const { step, wireBytes } of plan.steps) {
      if (step.kind === 'put' && isWorthAsking(step, wireBytes)) worthAsking.push(step.content);
    }
    await this.#ask(worthAsking);
    const wanted = new Set(worthAsking.map(contentKey));
    const isCopied = (content: Content): boolean => wanted.has(contentKey(content)) && this.#isHeld(content);
    return withCopies(plan, isCopied);
  }

  /** Whether the step was to copy what the remote was believed to hold. It is put if it is planned again. */
  isToBlame({ path, content, outcome }: StepFailure): boolean {
    if (content === null || this.#plan === null) return false;
    this.#copied ??= pathsOfCopies(this.#plan);
    if (!this.#copied.has(path)) return false;
    return outcome.kind !== 'failed' || !outcome.noSpace;
  }

  /** The remote could not copy it. */
  distrust({ content }: StepFailure): void {
    if (content !== null) this.#failed.add(contentKey(content));
  }

  #isHeld(content: Content): boolean {
    const key = contentKey(content);
    return this.#held.get(key) === true && !this.#failed.has(key);
  }

  async #ask(contents: readonly Content[]): Promise<void> {
    const unknown = contents.filter((content) => !this.#held.has(contentKey(content)));
    if (unknown.length === 0) return;
    const held = await whichAreHeld(unknown, this.#session);
    for (const content of unknown) this.#held.set(contentKey(content), held.has(contentKey(content)));
  }
}

function pathsOfCopies({ steps }: Plan): ReadonlySet<string> {
  const paths = new Set<string>();
  for (const { step } of steps) if (step.kind === 'copy') paths.add(display(step.path));
  return paths;
}

/** A small file is sent for about what the question costs; of a large one, a small delta is less work than a copy of it all. */
function isWorthAsking({ content, replaces }: FileStep, wireBytes: number): boolean {
  if (wireBytes <= limits.inlineSizeMaxBytes) return false;
  const isLargeDelta = replaces !== null && content.sizeBytes >= limits.inPlaceSizeMinBytes;
  return !isLargeDelta || wireBytes >= content.sizeBytes * limits.reuseShareMin;
}

/** Of each content that cannot be copied, the first file is sent. */
function withPuts(plan: Plan, unheld: ReadonlySet<string>): Plan {
  if (unheld.size === 0) return plan;
  const sent = new Set<string>();
  return withSteps(plan, (planned) => {
    const { step } = planned;
    if (step.kind !== 'put' && step.kind !== 'copy') return planned;
    const key = contentKey(step.content);
    const isSent = step.kind === 'put' || (unheld.has(key) && !sent.has(key));
    if (isSent) sent.add(key);
    return isSent && step.kind === 'copy'
      ? { ...planned, step: { ...step, kind: 'put' }, wireBytes: step.content.sizeBytes }
      : planned;
  });
}

function withCopies(plan: Plan, isCopied: (content: Content) => boolean): Plan {
  return withSteps(plan, (planned) => {
    const { step } = planned;
    return step.kind === 'put' && isCopied(step.content)
      ? { ...planned, step: { ...step, kind: 'copy' }, wireBytes: 0 }
      : planned;
  });
}

function withSteps(plan: Plan, change: (planned: PlannedStep) => PlannedStep): Plan {
  const steps = revised(plan.steps, change);
  if (steps === plan.steps) return plan;
  return { steps, summary: summarize(steps, besideOf(plan)), digest: planDigest(steps) };
}
