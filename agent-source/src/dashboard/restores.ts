import { isDeepStrictEqual } from 'node:util';
import { display, type TreePath } from '@btsoot/shared/model/bytes.js';
import { BtsootError } from '@btsoot/shared/model/errors.js';
import { limits } from '@btsoot/shared/model/limits.js';
import type { Problem, ProgressEvent } from '@btsoot/shared/model/progress.js';
import type { PlanSummary } from '@btsoot/shared/model/step.js';
import type { LiveRuns } from '../agent/live-runs.js';
import { sayingWhy } from '../interrupt.js';
import { stepLine } from '../output/plan-text.js';
import { restoreBlock } from '../restore.js';
import { type ErrorView, errorView } from '../sync-message.js';
import { withBlockLock } from '../sync-run.js';
import type { Block, Context, RestoreResult } from '../sync-types.js';
import type { Turns } from './turns.js';

/** What somebody wants back. */
export interface RestoreWish {
  /** 0: as it is now. */
  readonly session: number;
  readonly path: TreePath;
  /** An absolute directory as a byte string; null: the block's source. */
  readonly to: string | null;
}

export interface RestoreView {
  readonly block: string;
  /** Grows with each change: answers and events may overtake each other. */
  readonly revision: number;
  /**
   * - `planning`: it finds out what there is to do
   * - `planned`: it waits for somebody to say yes to exactly this plan
   * - `restoring`, `done`, `failed`
   */
  readonly stage: 'planning' | 'planned' | 'restoring' | 'done' | 'failed';
  readonly session: number;
  /** For display; empty: all of the block. */
  readonly path: string;
  readonly to: string;
  readonly plan: RestorePlanView | null;
  readonly outcome: RestoreOutcome | null;
  readonly error: ErrorView | null;
}

export interface RestorePlanView {
  readonly digest: string;
  readonly summary: PlanSummary;
  /** The first of them, a line each. */
  readonly lines: readonly string[];
  readonly more: number;
  readonly problems: readonly Problem[];
  readonly problemCount: number;
}

export interface RestoreOutcome {
  readonly kind: RestoreResult['kind'];
  readonly steps: number;
  readonly receivedBytes: number;
  readonly savedBytes: number;
  readonly problems: readonly Problem[];
  readonly problemCount: number;
}

interface Job {
  /** As it was when the plan was made. */
  readonly block: Block;
  readonly wish: RestoreWish;
  readonly stop: AbortController;
  view: RestoreView;
  work: Promise<void>;
}

const NOTHING_FORCED = { force: false, delete: false, damagedOnly: false } as const;

/** Restores that the page asks for, one a block: first a dry run, then, if somebody says so, that very plan. */
export class Restores {
  readonly #jobs = new Map<string, Job>();
  readonly #turns: Turns;
  readonly #live: LiveRuns;
  #revision = 0;
  readonly #onChange: (view: RestoreView) => void;
  #isClosed = false;

  constructor(turns: Turns, live: LiveRuns, onChange: (view: RestoreView) => void) {
    this.#turns = turns;
    this.#live = live;
    this.#onChange = onChange;
  }

  /** Null where there was none since the agent has started. */
  view(block: string): RestoreView | null {
    return this.#jobs.get(block)?.view ?? null;
  }

  /** @throws BtsootError of kind `busy` while another one works on the block. */
  plan(context: Context, block: Block, wish: RestoreWish): RestoreView {
    this.#requireIdle(block.name);
    const view: RestoreView = {
      block: block.name,
      revision: ++this.#revision,
      stage: 'planning',
      session: wish.session,
      path: display(wish.path),
      to: display(wish.to ?? block.source),
      plan: null,
      outcome: null,
      error: null,
    };
    const job: Job = { block, wish, stop: new AbortController(), view, work: Promise.resolve() };
    this.#jobs.set(block.name, job);
    job.work = this.#run(context, block, job, null, (result) => ({ ...view, stage: 'planned', plan: planView(result) }));
    return view;
  }

  /** @throws BtsootError: `refused` where this plan is not the one that waits, `busy`. */
  confirm(context: Context, block: Block, digest: string): RestoreView {
    this.#requireIdle(block.name);
    const job = this.#jobs.get(block.name);
    const isThis = job?.view.stage === 'planned' && job.view.plan?.digest === digest;
    if (!isThis || job.block.source !== block.source || !isDeepStrictEqual(job.block.target, block.target)) {
      throw new BtsootError('refused', 'no such plan waits to be done', { hint: 'Ask for it anew.' });
    }
    const view = this.#set(job, { ...job.view, stage: 'restoring' });
    context.log.log('info', 'restore begins', { block: block.name, session: view.session, path: view.path, to: view.to });
    job.work = this.#run(context, block, job, digest, (result) => ({ ...view, stage: 'done', outcome: outcomeOf(result) }));
    return view;
  }

  /** What was done by then stays done. */
  stop(block: string): void {
    const hint = 'What was done by then is kept.';
    this.#jobs.get(block)?.stop.abort(new BtsootError('cancelled', 'the restore was stopped', { hint }));
  }

  /** For good. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const block of this.#jobs.keys()) this.stop(block);
    await Promise.all([...this.#jobs.values()].map(({ work }) => work));
  }

  async #run(
    context: Context,
    block: Block,
    job: Job,
    expectedPlan: string | null,
    ended: (result: RestoreResult) => RestoreView,
  ): Promise<void> {
    const { wish, stop } = job;
    const { signal } = stop;
    const at = wish.session === 0 ? null : ({ kind: 'session', number: wish.session } as const);
    const paths = wish.path === '' ? [] : [wish.path];
    const dryRun = expectedPlan === null;
    try {
      const report = (event: ProgressEvent): void => this.#live.hear({ ...event, block: block.name });
      // Who waits for a plan is told at once that there is nobody to ask.
      const retries = dryRun ? 0 : limits.syncRetriesDefault;
      const options = { ...NOTHING_FORCED, at, paths, to: wish.to, dryRun, expectedPlan, retries, signal, report };
      const result = await this.#turns.begin(block.name, (onBegun) =>
        withBlockLock(context, block, () => {
          onBegun();
          return sayingWhy(signal, () => restoreBlock(context, block, options));
        }),
      );
      this.#set(job, ended(result));
    } catch (error) {
      const view = errorView(error);
      if (!dryRun) context.log.log('error', 'restore failed', { block: block.name, error: view.message });
      this.#set(job, { ...job.view, stage: 'failed', error: view });
    } finally {
      this.#live.end(block.name);
    }
  }

  #set(job: Job, view: RestoreView): RestoreView {
    job.view = { ...view, revision: ++this.#revision };
    this.#onChange(job.view);
    return job.view;
  }

  #requireIdle(block: string): void {
    if (this.#isClosed) throw new BtsootError('cancelled', 'the dashboard closes', { hint: 'Ask again when it is back.' });
    const stage = this.#jobs.get(block)?.view.stage;
    if (stage !== 'planning' && stage !== 'restoring') return;
    throw new BtsootError('busy', 'a restore of this block goes on', { hint: 'Stop it, or wait for its end.' });
  }
}

function planView({ plan, problems, problemCount }: RestoreResult): RestorePlanView | null {
  if (plan === null) return null;
  const steps = plan.steps ?? [];
  const lines = steps.slice(0, limits.dashboardStepsShownMax).map((step) => stepLine(step, 'fetch').trim());
  return { digest: plan.digest, summary: plan.summary, lines, more: steps.length - lines.length, problems, problemCount };
}

function outcomeOf({ kind, steps, sentBytes, savedBytes, problems, problemCount }: RestoreResult): RestoreOutcome {
  return { kind, steps, receivedBytes: sentBytes, savedBytes, problems, problemCount };
}
