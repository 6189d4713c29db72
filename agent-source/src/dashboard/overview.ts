import { display } from '@btsoot/shared/model/bytes.js';
import type { PlannedView } from '../agent/keepers.js';
import type { LiveView } from '../agent/live-runs.js';
import type { Config } from '../config.js';
import { type Health, healthOf } from '../health.js';
import type { LastResult } from '../last-result.js';
import { readLastResult } from '../last-result.js';
import { type LastVerify, readLastVerify } from '../last-verify.js';
import type { Paths } from '../paths.js';
import { type Pause, readPause } from '../pause.js';
import type { Block } from '../sync-types.js';
import { displayTarget } from '../targets.js';

/** What the page shows of a block at first. Times are microseconds since the epoch. */
export interface BlockView {
  readonly name: string;
  readonly source: string;
  readonly target: string;
  readonly health: Health;
  readonly last: LastResult | null;
  readonly verified: LastVerify;
  readonly pause: Pause | null;
  /** Its next sync by itself; null: none. */
  readonly planned: PlannedView | null;
  /** Whether settings ask the agent to sync it by itself. */
  readonly isKept: boolean;
  readonly live: LiveView | null;
}

export interface OverviewOptions {
  readonly paths: Paths;
  readonly config: Config;
  readonly planned: readonly PlannedView[];
  readonly live: readonly LiveView[];
  readonly nowUs: number;
}

export async function overviewOf(options: OverviewOptions): Promise<BlockView[]> {
  return await Promise.all([...options.config.blocks.values()].map((block) => blockView(block, options)));
}

async function blockView(block: Block, { paths, config, planned, live, nowUs }: OverviewOptions): Promise<BlockView> {
  const { name } = block;
  const last = await readLastResult(paths, name);
  return {
    name,
    source: display(block.source),
    target: displayTarget(block.target),
    health: healthOf(last, nowUs, config.notify.staleAfterMs),
    last,
    verified: readLastVerify(paths, name),
    pause: readPause(paths, name),
    planned: planned.find((plan) => plan.block === name) ?? null,
    isKept: block.watch || block.schedule !== null,
    live: live.find((run) => run.block === name) ?? null,
  };
}
