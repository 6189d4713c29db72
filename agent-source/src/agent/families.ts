import { counter, type Family, gauge, one, type Sample, secondsOfUs, states } from '@btsoot/shared/metrics/family.js';
import type { LastResult } from '../last-result.js';
import type { LastVerify } from '../last-verify.js';
import type { KeptView } from './keepers.js';
import { RUN_RESULTS, type Tally } from './run-tally.js';

/** What there is to say of a block. */
export interface BlockFacts extends KeptView {
  readonly last: LastResult | null;
  readonly verified: LastVerify;
  /** Files of the source that are known to be damaged; null: nobody can tell. */
  readonly damaged: number | null;
  readonly tally: Tally;
  readonly isRunning: boolean;
}

const LAST_RESULTS = ['unchanged', 'done', 'partial', 'refused', 'failed'] as const;

/** A source agent's metrics. What never was has no sample, but for the last good sync, which is 0 then: an alert is to see it. */
export function sourceFamilies(blocks: readonly BlockFacts[], version: string): Family[] {
  const each = (of: (facts: BlockFacts) => number | null): Sample[] =>
    blocks.flatMap((facts) => {
      const value = of(facts);
      return value === null ? [] : [{ labels: { block: facts.block }, value }];
    });
  const ofLast = (of: (last: LastResult) => number) => each(({ last }) => (last === null ? null : of(last)));
  return [
    gauge('btsoot_build_info', 'The version that runs: always 1.', [{ labels: { version }, value: 1 }]),
    gauge(
      'btsoot_last_good_sync_timestamp_seconds',
      'When a sync last ended with the remote equal to the source; 0: never.',
      each(({ last }) => secondsOfUs(last?.goodUs ?? 0)),
    ),
    gauge(
      'btsoot_last_run_timestamp_seconds',
      'When the last run ended.',
      ofLast(({ finishedUs }) => secondsOfUs(finishedUs)),
    ),
    gauge(
      'btsoot_last_run_result',
      'How the last run ended: 1 for the result that it had.',
      blocks.flatMap(({ block, last }) =>
        last === null || last.kind === 'planned' ? [] : states(LAST_RESULTS, last.kind, { block }, 'result'),
      ),
    ),
    gauge(
      'btsoot_last_run_duration_seconds',
      'How long the last run took.',
      ofLast(({ durationMs }) => durationMs / 1000),
    ),
    gauge(
      'btsoot_last_run_sent_bytes',
      'Content that the last run sent.',
      ofLast(({ sentBytes }) => sentBytes),
    ),
    gauge(
      'btsoot_last_run_saved_bytes',
      'Content that the last run did not have to send.',
      ofLast(({ savedBytes }) => savedBytes),
    ),
    gauge(
      'btsoot_last_run_problems',
      'Entries that the last run left out.',
      ofLast(({ problemCount }) => problemCount),
    ),
    gauge(
      'btsoot_block_entries',
      'Entries of the block at the last run.',
      ofLast(({ entries }) => entries),
    ),
    counter(
      'btsoot_runs_total',
      'Runs since the agent began, by how they ended.',
      blocks.flatMap(({ block, tally }) =>
        RUN_RESULTS.map((result) => ({ labels: { block, result }, value: tally.runs[result] })),
      ),
    ),
    counter(
      'btsoot_sent_bytes_total',
      'Content sent since the agent began.',
      each(({ tally }) => tally.sentBytes),
    ),
    counter(
      'btsoot_saved_bytes_total',
      'Content that did not have to be sent since the agent began.',
      each(({ tally }) => tally.savedBytes),
    ),
    gauge(
      'btsoot_run_active',
      'Whether a run goes on.',
      each(({ isRunning }) => Number(isRunning)),
    ),
    gauge(
      'btsoot_next_run_timestamp_seconds',
      'When the next run is due by itself.',
      each(({ dueUs }) => (dueUs === null ? null : secondsOfUs(dueUs))),
    ),
    gauge(
      'btsoot_watched_directories',
      'Folders under watch.',
      each(({ watching }) => watching?.folders ?? null),
    ),
    gauge(
      'btsoot_watch_limit_reached',
      'Whether the system allows no more watches, so that the source is looked through every hour.',
      each(({ watching }) => (watching === null ? null : Number(watching.isFull))),
    ),
    gauge(
      'btsoot_source_damaged_files',
      'Files of the source that are known to be damaged.',
      each(({ damaged }) => damaged),
    ),
    ...verifyFamilies(blocks),
    gauge('btsoot_blocks', 'Blocks in the config.', one(blocks.length)),
  ];
}

function verifyFamilies(blocks: readonly BlockFacts[]): Family[] {
  const sides = blocks.flatMap(({ block, verified }) =>
    (['source', 'remote'] as const).flatMap((side) => {
      const last = verified[side];
      return last === null ? [] : [{ labels: { block, side }, last }];
    }),
  );
  return [
    gauge(
      'btsoot_last_verify_timestamp_seconds',
      'When `btsoot verify` last read all contents of a side.',
      sides.map(({ labels, last }) => ({ labels, value: secondsOfUs(last.finishedUs) })),
    ),
    gauge(
      'btsoot_last_verify_damaged_files',
      'Damaged files and old versions that it found there.',
      sides.map(({ labels, last }) => ({ labels, value: last.damaged + last.damagedInHistory })),
    ),
  ];
}
