/** What was done, summed up over sequences. */
export class Tally {
  sequences = 0;
  steps = 0;
  edits = 0;
  handEdits = 0;
  syncs = 0;
  /** Undisturbed syncs that needed a second one. */
  secondSyncs = 0;
  kills = 0;
  cuts = 0;
  pauses = 0;
  busy = 0;
  restores = 0;
  rsyncs = 0;
  failures = 0;
  lost = 0;

  line(): string {
    return Object.entries(this)
      .map(([name, count]) => `${name} ${count}`)
      .join(', ');
  }
}

/** The one failure that cannot be made good: bytes that the remote held are nowhere on it. */
export class LostError extends Error {}
