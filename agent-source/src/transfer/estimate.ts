import { limits } from '@btsoot/shared/model/limits.js';
import type { Plan } from '@btsoot/shared/model/step.js';
import { Revision } from '@btsoot/shared/reconcile/revision.js';
import { overwrittenBytes } from '@btsoot/shared/reconcile/summary.js';
import { type Bases, gapBytes, outlineOf } from './basis.js';

/** What keeps the session alive must not wait for long. */
const TURN_MAX_MS = 50;

/**
 * The plan with what its puts cost at most, as far as chunk lists tell. Files that are smaller than any chunk list's are
 * expected to be sent whole, though less of them may be.
 */
export async function estimate(plan: Plan, bases: Bases, signal: AbortSignal): Promise<Plan> {
  const revision = new Revision(plan.steps);
  let lessBytes = 0;
  let lessLostBytes = 0;
  let turnStartMs = performance.now();
  for (const planned of plan.steps) {
    const { step } = planned;
    if (step.kind !== 'put' || step.content.sizeBytes < limits.chunkedSizeMinBytes) {
      revision.next(planned, planned);
      continue;
    }
    const wireBytes = gapBytes(outlineOf(bases.choose(step)).segments);
    lessBytes += planned.wireBytes - wireBytes;
    const cheaper = wireBytes === planned.wireBytes ? planned : { ...planned, wireBytes };
    lessLostBytes += overwrittenBytes(planned) - overwrittenBytes(cheaper);
    revision.next(planned, cheaper);
    if (performance.now() - turnStartMs < TURN_MAX_MS) continue;
    await new Promise(setImmediate);
    signal.throwIfAborted();
    turnStartMs = performance.now();
  }
  if (lessBytes === 0) return plan;
  const { wireBytes, savedBytes, lostBytes } = plan.summary;
  const costs = { wireBytes: wireBytes - lessBytes, savedBytes: savedBytes + lessBytes, lostBytes: lostBytes - lessLostBytes };
  return { ...plan, steps: revision.finish(), summary: { ...plan.summary, ...costs } };
}
