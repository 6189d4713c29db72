import { display } from '@btsoot/shared/model/bytes.js';
import type { SyncEnd } from '../sync-message.js';
import type { Block } from '../sync-types.js';
import { displayTarget } from '../targets.js';

/** What a person's command before a sync finds in its environment. */
export function factsOfBlock(block: Block): Readonly<Record<string, string>> {
  return {
    BTSOOT_BLOCK: block.name,
    BTSOOT_SOURCE: display(block.source),
    BTSOOT_TARGET: displayTarget(block.target),
  };
}

/** And one after it. */
export function factsOfEnd(block: Block, end: SyncEnd): Readonly<Record<string, string>> {
  if (end.kind === 'error')
    return { ...factsOfBlock(block), BTSOOT_RESULT: 'failed', BTSOOT_ERROR: withoutNul(end.error.message) };
  const { kind, reasons, sentBytes, savedBytes, steps, entries, session, problemCount, durationMs, drift } = end.result;
  return {
    ...factsOfBlock(block),
    BTSOOT_RESULT: kind,
    BTSOOT_ERROR: withoutNul(reasons.join('; ')),
    BTSOOT_SENT_BYTES: String(sentBytes),
    BTSOOT_SAVED_BYTES: String(savedBytes),
    BTSOOT_STEPS: String(steps),
    BTSOOT_ENTRIES: String(entries),
    BTSOOT_SESSION: String(session),
    BTSOOT_PROBLEMS: String(problemCount),
    BTSOOT_DRIFTED: String(drift.drifted),
    BTSOOT_DURATION_MS: String(durationMs),
  };
}

/** No environment can hold one. */
function withoutNul(text: string): string {
  return text.replaceAll('\0', '\\0');
}
