/** How a chunker cuts, in bytes of a chunk's length and in values of the gear hash. */
export interface Cut {
  /** A chunk is longer than this, but for a content's last one. */
  readonly minBytes: number;
  readonly averageBytes: number;
  readonly maxBytes: number;
  /** A hash below this ends a chunk shorter than the average. */
  readonly hardThreshold: number;
  /** A hash below this ends a chunk that is at least as long as the average. */
  readonly easyThreshold: number;
}

/** What bounds a chunk's length around the average. */
export const CUT_SPREAD = 4;
/** Normalised chunking at level 2: cuts are four times rarer before the average, and four times likelier behind it. */
const NORMALISATION = 4;
const HASHES = 2 ** 32;

/** `averageBytes` is a power of two, at least 16. Above 2^30 chunks come out shorter than that, and never below the minimum. */
export function cutFor(averageBytes: number): Cut {
  return {
    minBytes: averageBytes / CUT_SPREAD,
    averageBytes,
    maxBytes: averageBytes * CUT_SPREAD,
    hardThreshold: Math.max(1, HASHES / (averageBytes * NORMALISATION)),
    easyThreshold: Math.max(1, (HASHES / averageBytes) * NORMALISATION),
  };
}
