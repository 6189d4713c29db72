import { isStale } from './agent/stale.js';
import type { LastResult } from './last-result.js';

/**
 * Whether a block's backup is good, by how its last sync ended:
 *
 * - `good`: the target was like the source
 * - `stale`: it was, but that is long ago
 * - `partial`: it is, but for some entries
 * - `refused`: the guard has stopped it; `failed`: something else has
 * - `stopped`: somebody has; `never`: there was none yet
 */
export type Health = 'good' | 'stale' | 'partial' | 'refused' | 'failed' | 'stopped' | 'never';

export function healthOf(last: LastResult | null, nowUs: number, staleAfterMs: number): Health {
  if (last === null) return 'never';
  switch (last.kind) {
    case 'unchanged':
    case 'done':
    case 'planned':
      return isStale(last.finishedUs, nowUs, staleAfterMs) ? 'stale' : 'good';
    case 'partial':
    case 'refused':
      return last.kind;
    case 'failed':
      return last.error?.kind === 'cancelled' ? 'stopped' : 'failed';
    default:
      return last.kind satisfies never;
  }
}
