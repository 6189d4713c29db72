import { averageFor } from '../delta/average.js';
import { limits } from '../model/limits.js';
import type { ExpectedChunks } from './verification.js';

/**
 * Chunks of equal size, for a content of which no list is known: what a cut-off delivery has left is told by them. Null for one
 * that is too small to be worth that.
 */
export function evenChunks(sizeBytes: number): ExpectedChunks | null {
  if (sizeBytes < limits.partialSizeMinBytes) return null;
  const averageBytes = averageFor(sizeBytes, null);
  const ends = Float64Array.from({ length: Math.ceil(sizeBytes / averageBytes) }, (_, index) =>
    Math.min((index + 1) * averageBytes, sizeBytes),
  );
  return { layout: { averageBytes, ends }, digest: null };
}
