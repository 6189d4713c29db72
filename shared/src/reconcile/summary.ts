import type { Plan, PlannedStep, PlanSummary, Step } from '../model/step.js';

/** What a plan comes to beside its steps. */
export interface Beside {
  /** The content that gets to its place by moves. What a put does not send is saved too. */
  readonly movedBytes: number;
  readonly keptEntries: number;
  /** Content bytes of what is removed, but for what moves out of it. */
  readonly removedBytes: number;
}

/** What an entry loses that the step overwrites: of a file that is sent in part, no more than that part. */
export function overwrittenBytes({ step, wireBytes, lostEntries }: PlannedStep): number {
  // A file that becomes another name of its own content loses nothing.
  if (!('replaces' in step) || lostEntries === 0) return 0;
  const replacedBytes = step.replaces?.content?.sizeBytes ?? 0;
  if (step.kind !== 'put' || wireBytes >= step.content.sizeBytes) return replacedBytes;
  return Math.min(replacedBytes, Math.max(wireBytes, replacedBytes - step.content.sizeBytes));
}

export function summarize(steps: Iterable<PlannedStep>, { movedBytes, keptEntries, removedBytes }: Beside): PlanSummary {
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
  let lostBytes = removedBytes;
  for (const planned of steps) {
    const { step, wireBytes: bytes, lostEntries } = planned;
    lostBytes += overwrittenBytes(planned);
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
    lostBytes,
    keptEntries,
  };
}

/** What a plan came to beside its steps, when its summary was made. */
export function besideOf({ steps, summary }: Plan): Beside {
  const own = summarize(steps, { movedBytes: 0, keptEntries: 0, removedBytes: 0 });
  return {
    movedBytes: summary.savedBytes - own.savedBytes,
    keptEntries: summary.keptEntries,
    removedBytes: summary.lostBytes - own.lostBytes,
  };
}
