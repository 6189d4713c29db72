import type { SyncEnd } from '../sync-message.js';

export const RUN_RESULTS = ['unchanged', 'done', 'partial', 'refused', 'failed', 'cancelled'] as const;
export type RunResult = (typeof RUN_RESULTS)[number];

/** What a block's runs have come to since the agent began. */
export interface Tally {
  readonly runs: Readonly<Record<RunResult, number>>;
  readonly sentBytes: number;
  readonly savedBytes: number;
}

const NONE: Tally = {
  runs: { unchanged: 0, done: 0, partial: 0, refused: 0, failed: 0, cancelled: 0 },
  sentBytes: 0,
  savedBytes: 0,
};

export class RunTally {
  readonly #byBlock = new Map<string, Tally>();

  of(block: string): Tally {
    return this.#byBlock.get(block) ?? NONE;
  }

  /** A run that was no dry run has ended. */
  ended(end: SyncEnd): void {
    const before = this.of(end.block);
    const result = resultOf(end);
    const { sentBytes, savedBytes } = end.kind === 'result' ? end.result : { sentBytes: 0, savedBytes: 0 };
    this.#byBlock.set(end.block, {
      runs: { ...before.runs, [result]: before.runs[result] + 1 },
      sentBytes: before.sentBytes + sentBytes,
      savedBytes: before.savedBytes + savedBytes,
    });
  }
}

function resultOf(end: SyncEnd): RunResult {
  if (end.kind === 'error') return end.error.kind === 'cancelled' ? 'cancelled' : 'failed';
  // Of a dry run, which is not counted.
  return end.result.kind === 'planned' ? 'unchanged' : end.result.kind;
}
