import { display } from '@btsoot/shared/model/bytes.js';
import { type Health, healthOf } from './health.js';
import { type LastResult, readLastResult } from './last-result.js';
import { type LastVerify, readLastVerify } from './last-verify.js';
import type { Paths } from './paths.js';
import { type Pause, readPause } from './pause.js';
import type { Block } from './sync-types.js';
import { displayTarget } from './targets.js';

/** How a block stands, by what lies in the state directory. Paths are for display. */
export interface BlockStanding {
  readonly name: string;
  readonly source: string;
  readonly target: string;
  readonly health: Health;
  readonly last: LastResult | null;
  readonly verified: LastVerify;
  /** Set while the agent is to begin nothing by itself. */
  readonly pause: Pause | null;
}

/** @param nowUs microseconds since the epoch */
export async function standingOf(paths: Paths, block: Block, nowUs: number, staleAfterMs: number): Promise<BlockStanding> {
  const { name } = block;
  const last = await readLastResult(paths, name);
  return {
    name,
    source: display(block.source),
    target: displayTarget(block.target),
    health: healthOf(last, nowUs, staleAfterMs),
    last,
    verified: readLastVerify(paths, name),
    pause: readPause(paths, name, nowUs),
  };
}
