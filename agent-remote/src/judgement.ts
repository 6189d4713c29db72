import { diskSpace } from '@btsoot/shared/disk/file-system.js';
import { BtsootError } from '@btsoot/shared/model/errors.js';
import type { OpenBlock } from './blocks.js';
import { judgedNowUs } from './clock.js';
import { nowUs, type Remote } from './remote.js';
import type { Judgement } from './retention.js';
import { candidates, reclaimableBytes } from './retention-rules.js';

/** What a block's history is judged by now. @throws BtsootError where the rules cannot be read: then nothing goes. */
export function judgementOf(remote: Pick<Remote, 'retention'>, block: OpenBlock, signal: AbortSignal): Judgement {
  return {
    rules: remote.retention(),
    nowUs: judgedNowUs(block, nowUs()),
    space: () => diskSpace(block.area.history.path),
    signal,
  };
}

/** About how much of the disk would become free if what has to make room for new files did; 0 where nothing has to. */
export function reclaimable(remote: Remote, block: OpenBlock): number {
  try {
    const rules = remote.retention();
    if (rules.freeSpaceMin === null) return 0;
    return reclaimableBytes(candidates(block.manifest.sessions(), rules, judgedNowUs(block, nowUs())));
  } catch (error) {
    if (error instanceof BtsootError && error.kind === 'invalid') return 0;
    throw error;
  }
}
