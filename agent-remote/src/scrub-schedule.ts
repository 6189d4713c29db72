import { display, type TreePath } from '@btsoot/shared/model/bytes.js';
import { fromSystemError } from '@btsoot/shared/model/errors.js';
import { readScrubState, writeScrubState } from '@btsoot/shared/scrub/progress.js';
import type { ScrubPlan } from './config.js';
import { nowUs, type Remote } from './remote.js';
import type { ScrubWatch } from './scrubber.js';

const lookIntervalMs = 60 * 60 * 1000;

/** Reads each block's contents again when they are due: now, and once an hour from then on, until it is stopped. */
export function startSchedule(remote: Remote, plan: ScrubPlan | null): { stop(): void } {
  const watches = new Map<TreePath, ScrubWatch>();
  const look = (): void => {
    if (plan === null) return;
    for (const folder of remote.blocks.list()) if (!watches.has(folder) && isDue(remote, folder, plan)) begin(folder, plan);
  };
  const begin = (folder: TreePath, { bytesPerSecond }: ScrubPlan): void => {
    const watch = remote.scrubber.watch(folder, bytesPerSecond);
    watches.set(folder, watch);
    const over = (): void => {
      watches.delete(folder);
      watch.leave();
    };
    watch.done.then(over, (error: unknown) => {
      over();
      if (!remote.stopping.aborted) warn(remote, folder, error);
    });
  };
  const timer = setInterval(look, lookIntervalMs).unref();
  look();
  return {
    stop() {
      clearInterval(timer);
      for (const watch of watches.values()) watch.leave();
    },
  };
}

/** A block that was never read again is due as long after it was first come across; a reading that was cut off stays due. */
function isDue(remote: Remote, folder: TreePath, { everyUs }: ScrubPlan): boolean {
  try {
    const hold = remote.blocks.hold(folder);
    try {
      const { manifest } = hold.block;
      const { last, noticedUs } = readScrubState(manifest);
      if (noticedUs === null) writeScrubState(manifest, { noticedUs: nowUs() });
      return nowUs() - (last?.finishedUs ?? noticedUs ?? nowUs()) >= everyUs;
    } finally {
      hold.release();
    }
  } catch (error) {
    warn(remote, folder, error);
    return false;
  }
}

function warn(remote: Remote, folder: TreePath, error: unknown): void {
  const { message } = fromSystemError(error, 'reading contents again');
  remote.log.warn('contents were not read again', { folder: display(folder), reason: message });
}
