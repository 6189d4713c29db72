import type { Manifest } from '@btsoot/shared/manifest/manifest.js';
import { display, endOfPath } from '@btsoot/shared/model/bytes.js';
import { limits } from '@btsoot/shared/model/limits.js';
import type { Problem, Report } from '@btsoot/shared/model/progress.js';
import type { Plan, PlannedStep, Step } from '@btsoot/shared/model/step.js';
import type { ScanSummary } from '@btsoot/shared/scan/scan.js';
import type { HistorySummary } from '@btsoot/shared/wire/convert.js';
import { driftView, NO_DRIFT } from './drift-view.js';
import type { RemoteSession } from './remote-session.js';
import { pathOfStep } from './step-path.js';
import type { DriftView, PlanView, StepView, SyncResult } from './sync-types.js';
import type { StepFailure, Transferred } from './transfer/transfer.js';

/** Gathers what a run has to tell in its end, and reports it while it runs. */
export class Outcomes {
  readonly #block: string;
  readonly #report: Report;
  readonly #startedMs = performance.now();
  #scanProblems: readonly Problem[] = [];
  #scanProblemCount = 0;
  #specials = 0;
  #ignored = 0;
  #problems: Problem[] = [];
  #problemCount = 0;
  #plan: PlanView | null = null;
  #sentBytes = 0;
  #savedBytes = 0;
  #steps = 0;
  #session = 0;
  #drift: DriftView = NO_DRIFT;
  #unheldXattrs = 0;
  #history: HistorySummary | null = null;
  readonly #notes: string[] = [];

  constructor(block: string, report: Report) {
    this.#block = block;
    this.#report = report;
  }

  /** The newest scan's problems take the place of an earlier one's. The scan has reported them already. */
  scanned({ problems, problemCount, specials, ignored }: ScanSummary): void {
    this.#ignored = ignored;
    this.#specials = specials;
    this.#scanProblems = problems;
    this.#scanProblemCount = problemCount;
  }

  /** What the remote's check found changed there, and what is known to be damaged there. This run puts it right. */
  drifted({ drifted, damaged, drift }: RemoteSession['opened']): void {
    this.#drift = { drifted, damaged, paths: drift.map(driftView) };
    for (const { path, message } of this.#drift.paths)
      this.#report({ kind: 'problem', problem: { path, kind: 'drift', message } });
  }

  planned(plan: Plan, withSteps: boolean): void {
    const { summary, digest, steps } = plan;
    this.#plan = { summary, digest, steps: withSteps ? Array.from(steps, viewOf) : null };
    this.#report({ kind: 'planned', summary, steps: steps.length, digest });
  }

  /** Files that the target's file system has no room for in one piece. */
  oversized(steps: readonly PlannedStep[], fileSizeMaxBytes: number | null): void {
    const message = `is larger than the ${fileSizeMaxBytes} bytes that a file may have on the target's file system`;
    for (const { step } of steps) this.problem({ path: display(pathOfStep(step)), kind: 'skipped', message });
  }

  /** @param isMended whether another round takes care of what failed */
  transferred(
    plan: Plan,
    { failures, sentBytes, savedBytes, sessionNumber, unheldXattrs, history }: Transferred,
    isMended: (failure: StepFailure) => boolean,
  ): void {
    this.#unheldXattrs += unheldXattrs;
    this.#sentBytes += sentBytes;
    this.#savedBytes += savedBytes;
    this.#steps += plan.steps.length - failures.length;
    this.#history = history ?? this.#history;
    this.#session = sessionNumber === 0 ? this.#session : sessionNumber;
    for (const failure of failures) {
      const { path, outcome } = failure;
      const changed = isTransient(failure);
      if (isMended(failure)) continue;
      const message = outcome.kind === 'mismatch' ? 'it changed while it was sent' : outcome.message;
      this.problem({ path, kind: outcome.kind === 'drift' ? 'drift' : changed ? 'skipped' : 'failed', message });
    }
  }

  note(text: string): void {
    this.#notes.push(text);
  }

  problem(whole: Problem): void {
    const problem = shown(whole);
    this.#problemCount++;
    if (this.#problems.length < limits.problemsListedMax) this.#problems.push(problem);
    this.#report({ kind: 'problem', problem });
  }

  refused(reasons: readonly string[], acceptable: boolean): SyncResult {
    return { ...this.#result('refused'), reasons, acceptable };
  }

  /** `done` and `unchanged` become `partial` where there were problems. */
  finish(kind: 'unchanged' | 'done' | 'planned', tree: Manifest): SyncResult {
    const troubled = this.#problemCount + this.#scanProblemCount > 0;
    return { ...this.#result(troubled && kind !== 'planned' ? 'partial' : kind), entries: tree.root().entryCount };
  }

  #result(kind: SyncResult['kind']): SyncResult {
    return {
      kind,
      block: this.#block,
      plan: this.#plan,
      reasons: [],
      acceptable: false,
      problems: [...this.#scanProblems, ...this.#problems].slice(0, limits.problemsListedMax),
      problemCount: this.#problemCount + this.#scanProblemCount,
      specials: this.#specials,
      unheldXattrs: this.#unheldXattrs,
      ignored: this.#ignored,
      sentBytes: this.#sentBytes,
      savedBytes: this.#savedBytes,
      steps: this.#steps,
      durationMs: Math.round(performance.now() - this.#startedMs),
      entries: 0,
      session: this.#session,
      drift: this.#drift,
      history: this.#history,
      notes: this.#notes,
    };
  }
}

/** What is transient is scanned and sent again, so often in all. */
export const ROUNDS_MAX = 2;

/** It failed for what the file was while it was sent, or for what it was to be copied from: that can be mended by sending it again. */
export function isTransient({ outcome }: StepFailure): boolean {
  return outcome.kind === 'mismatch' || outcome.kind === 'withdrawn';
}

function shown(problem: Problem): Problem {
  return { ...problem, path: endOfPath(problem.path, limits.problemPathLengthMax) };
}

function viewOf({ step, wireBytes, lostEntries }: PlannedStep): StepView {
  const sizeBytes = step.kind === 'put' || step.kind === 'copy' ? step.content.sizeBytes : 0;
  return { kind: step.kind, path: display(pathOfStep(step)), from: fromOf(step), sizeBytes, wireBytes, lostEntries };
}

function fromOf(step: Step): string | null {
  if (step.kind === 'move') return step.from.area === 'tree' ? display(step.from.path) : null;
  return step.kind === 'hard-link' ? display(step.existing) : null;
}
