import { limits } from '@btsoot/shared/model/limits.js';
import type { SyncMessage } from '../sync-message.js';
import type { SyncResult } from '../sync-types.js';

/**
 * A message as the JSON of one event. A result that lists more than an event may hold loses the ends of its lists; the
 * counts beside them still say how long they were.
 */
export function eventJson(message: SyncMessage): string {
  const json = JSON.stringify(message);
  if (message.kind !== 'result' || Buffer.byteLength(json) <= limits.agentEventMaxBytes) return json;
  return JSON.stringify({ ...message, result: shortened(message.result) });
}

function shortened(result: SyncResult): SyncResult {
  const { plan } = result;
  const mostBytes = limits.agentEventMaxBytes / 2;
  const problems = firstOf(result.problems, mostBytes);
  if (plan === null || plan.steps === null) return { ...result, problems };
  return { ...result, problems, plan: { ...plan, steps: firstOf(plan.steps, mostBytes) } };
}

/** As many of the first items as `mostBytes` of JSON hold. */
function firstOf<T>(items: readonly T[], mostBytes: number): readonly T[] {
  let bytes = 0;
  const end = items.findIndex((item) => {
    bytes += Buffer.byteLength(JSON.stringify(item)) + 1;
    return bytes > mostBytes;
  });
  return end < 0 ? items : items.slice(0, end);
}
