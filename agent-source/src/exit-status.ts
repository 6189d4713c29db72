import type { Level } from '@btsoot/shared/model/diagnosis.js';
import type { ErrorKind } from '@btsoot/shared/model/errors.js';
import type { SyncResult } from './sync-types.js';

/** What the process says when it ends. Larger is not worse: see `worstExitStatus`. */
export const exitStatus = {
  done: 0,
  failed: 1,
  usage: 2,
  refused: 3,
  partial: 4,
  unreachable: 5,
} as const;

export type ExitStatus = (typeof exitStatus)[keyof typeof exitStatus];

export function exitStatusOfResult(kind: SyncResult['kind']): ExitStatus {
  switch (kind) {
    case 'unchanged':
    case 'done':
    case 'planned':
      return exitStatus.done;
    case 'partial':
      return exitStatus.partial;
    case 'refused':
      return exitStatus.refused;
    default:
      return kind satisfies never;
  }
}

export function exitStatusOfError(kind: ErrorKind): ExitStatus {
  switch (kind) {
    case 'unreachable':
      return exitStatus.unreachable;
    case 'refused':
      return exitStatus.refused;
    case 'invalid':
    case 'not-found':
    case 'exists':
    case 'denied':
    case 'busy':
    case 'drift':
    case 'unstable':
    case 'corrupt':
    case 'no-space':
    case 'io':
    case 'version':
    case 'cancelled':
    case 'internal':
      return exitStatus.failed;
    default:
      return kind satisfies never;
  }
}

/** What a doctor says of the worst that it has found. */
export function exitStatusOfLevel(level: Level): ExitStatus {
  switch (level) {
    case 'good':
      return exitStatus.done;
    case 'warning':
      return exitStatus.partial;
    case 'bad':
      return exitStatus.failed;
    default:
      return level satisfies never;
  }
}

/** From bad to good: what a caller must hear of first when several blocks ended differently. */
const SEVERITY: readonly ExitStatus[] = [
  exitStatus.usage,
  exitStatus.failed,
  exitStatus.unreachable,
  exitStatus.refused,
  exitStatus.partial,
  exitStatus.done,
];

export function worstExitStatus(statuses: Iterable<ExitStatus>): ExitStatus {
  const seen = new Set(statuses);
  return SEVERITY.find((status) => seen.has(status)) ?? exitStatus.done;
}
