import type { PlannedView } from '../agent/keepers.js';
import type { LiveView } from '../agent/live-runs.js';
import { type BlockStanding, standingOf } from '../block-standing.js';
import type { Config } from '../config.js';
import type { Paths } from '../paths.js';
import type { Block } from '../sync-types.js';

/** What the page shows of a block at first. Times are microseconds since the epoch. */
export interface BlockView extends BlockStanding {
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
  return {
    ...(await standingOf(paths, block, nowUs, config.notify.staleAfterMs)),
    planned: planned.find((plan) => plan.block === name) ?? null,
    isKept: block.watch || block.schedule !== null,
    live: live.find((run) => run.block === name) ?? null,
  };
}
