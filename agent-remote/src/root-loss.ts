import { stat } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { BtsootError, errnoOf } from '@btsoot/shared/model/errors.js';
import { limits } from '@btsoot/shared/model/limits.js';

/**
 * Watches over a root's file system until it is lost. One in user space can die under its mount: what was opened on it, the
 * lock too, is void from then on, however often it is mounted again.
 * @param place a path that leads through an open descriptor of the root
 * @returns what to end with; null when the signal aborts
 */
export async function rootLoss(place: Buffer, label: string, signal: AbortSignal): Promise<BtsootError | null> {
  for (;;) {
    const hasPassed = await pause(limits.rootLookIntervalMs, true, { signal, ref: false }).catch(() => false);
    if (!hasPassed) return null;
    const error = await stat(place).then(
      () => null,
      (reason: unknown) => reason,
    );
    if (errnoOf(error) === 'ENOTCONN' && !signal.aborted) return lost(label, error);
  }
}

function lost(label: string, cause: unknown): BtsootError {
  return new BtsootError('io', `the file system of ${label} has gone from under its mount point`, {
    hint: `Mount it again, then run \`btsoot-remote serve --root ${label}\` again; as a service it tries by itself.`,
    cause,
  });
}
