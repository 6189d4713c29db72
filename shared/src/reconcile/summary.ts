import type { PlannedStep, PlanSummary, Step } from '../model/step.js';

/** What a plan comes to beside its steps. */
export interface Beside {
  /** The content that gets to its place by moves. What a put does not send is saved too. */
  readonly movedBytes: number;
  readonly keptEntries: number;
}

export function summarize(steps: readonly PlannedStep[], { movedBytes, keptEntries }: Beside): PlanSummary {
  const counts: Record<Step['kind'], number> = {
    'make-directory': 0,
    move: 0,
    put: 0,
    copy: 0,
    link: 0,
    'hard-link': 0,
    'make-special': 0,
    'set-metadata': 0,
    remove: 0,
  };
  let wireBytes = 0;
  let storeBytes = 0;
  let copiedBytes = 0;
  let removedEntries = 0;
  let overwrittenEntries = 0;
  for (const { step, wireBytes: bytes, lostEntries } of steps) {
    counts[step.kind] += 1;
    wireBytes += bytes;
    if (step.kind === 'put') storeBytes += step.content.sizeBytes;
    if (step.kind === 'copy') copiedBytes += step.content.sizeBytes;
    if (step.kind === 'remove') removedEntries += lostEntries;
    else overwrittenEntries += lostEntries;
  }
  return {
    makeDirectory: counts['make-directory'],
    move: counts.move,
    put: counts.put,
    copy: counts.copy,
    link: counts.link,
    hardLink: counts['hard-link'],
    makeSpecial: counts['make-special'],
    setMetadata: counts['set-metadata'],
    remove: counts.remove,
    wireBytes,
    storeBytes,
    savedBytes: movedBytes + copiedBytes + storeBytes - wireBytes,
    removedEntries,
    overwrittenEntries,
    keptEntries,
  };
}
