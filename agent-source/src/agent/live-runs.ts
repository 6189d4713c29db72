import { limits } from '@btsoot/shared/model/limits.js';
import { advance, type ProgressState, progressText, START } from '../output/progress-state.js';
import type { ResultOf } from '../output/result-text.js';
import { isEnd, type SyncMessage } from '../sync-message.js';

/** How far something that runs has come, for people who look. */
export interface LiveView {
  readonly block: string;
  /** Microseconds since the epoch. */
  readonly startedUs: number;
  readonly phase: ProgressState['phase'];
  /** One line, as a terminal shows it. */
  readonly text: string;
  readonly path: string;
  readonly steps: number;
  readonly stepsTotal: number;
  readonly bytes: number;
  readonly bytesTotal: number;
  readonly savedBytes: number;
  readonly bytesPerSecond: number;
  /** Null where nobody can say. */
  readonly leftMs: number | null;
}

export type LiveNews =
  | { readonly kind: 'progress'; readonly live: LiveView }
  | { readonly kind: 'changed'; readonly block: string };

interface Run {
  readonly of: ResultOf;
  readonly startedUs: number;
  state: ProgressState;
  toldAtMs: number;
  timer: NodeJS.Timeout | undefined;
}

/** What runs at the moment, folded from what each run says, and told on as often as an eye follows. */
export class LiveRuns {
  readonly #runs = new Map<string, Run>();
  readonly #listeners = new Set<(news: LiveNews) => void>();

  /** @returns leaves */
  listen(listener: (news: LiveNews) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Something about the block is another than it was. */
  changed(block: string): void {
    this.#tell({ kind: 'changed', block });
  }

  hear(message: SyncMessage, of: ResultOf = 'sync'): void {
    const { block } = message;
    if (isEnd(message)) {
      this.end(block);
      return;
    }
    const known = this.#runs.get(block);
    const run = known ?? { of, startedUs: Date.now() * 1000, state: START, toldAtMs: 0, timer: undefined };
    run.state = advance(run.state, message, performance.now());
    if (known === undefined) {
      this.#runs.set(block, run);
      this.changed(block);
    }
    const waitMs = message.kind === 'phase' ? 0 : run.toldAtMs + limits.dashboardProgressEveryMs - performance.now();
    if (waitMs <= 0) this.#tellProgress(block, run);
    else run.timer ??= setTimeout(() => this.#tellProgress(block, run), waitMs).unref();
  }

  end(block: string): void {
    clearTimeout(this.#runs.get(block)?.timer);
    this.#runs.delete(block);
    this.changed(block);
  }

  views(): LiveView[] {
    return [...this.#runs].map(([block, run]) => liveView(block, run));
  }

  #tellProgress(block: string, run: Run): void {
    clearTimeout(run.timer);
    run.timer = undefined;
    run.toldAtMs = performance.now();
    this.#tell({ kind: 'progress', live: liveView(block, run) });
  }

  #tell(news: LiveNews): void {
    for (const listener of this.#listeners) listener(news);
  }
}

function liveView(block: string, { of, startedUs, state }: Run): LiveView {
  const { phase, path, steps, stepsTotal, bytes, bytesTotal, savedBytes, bytesPerSecond } = state;
  const isSending = phase === 'transfer' && bytesPerSecond > 0;
  const leftMs = isSending ? Math.max(0, ((bytesTotal - bytes) / bytesPerSecond) * 1000) : null;
  const text = progressText(state, of);
  const rate = Math.round(bytesPerSecond);
  return { block, startedUs, phase, text, path, steps, stepsTotal, bytes, bytesTotal, savedBytes, bytesPerSecond: rate, leftMs };
}
