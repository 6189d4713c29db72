import { limits } from '../model/limits.js';
import { CUT_SPREAD } from './cut.js';

/** The size up to which chunks have the smallest average, and whose square root it grows with. */
const BASE_SIZE_BYTES = 16 * 1024 * 1024;
/** How far from the ideal the previous average may be, either way. */
const HYSTERESIS = 4;

/**
 * The chunk size to aim at for a file of this size: a power of two. It grows with the square root of the size, from
 * `limits.chunkAverageMinBytes` to 1 MiB at 64 GiB, and from there on as the size does, so that even chunks that are all as
 * short as can be are at most `limits.chunksPerListMax`. The average of the previous version's list (null where there is
 * none) is kept while it is not far off: with another one no cut would be where it was.
 */
export function averageFor(sizeBytes: number, previousAverageBytes: number | null): number {
  const least = leastFor(sizeBytes);
  const root = limits.chunkAverageMinBytes * Math.sqrt(sizeBytes / BASE_SIZE_BYTES);
  const ideal = Math.max(nearestPowerOfTwo(root), least);
  if (previousAverageBytes === null || previousAverageBytes < least) return ideal;
  const isNear = previousAverageBytes >= ideal / HYSTERESIS && previousAverageBytes <= ideal * HYSTERESIS;
  return isNear ? previousAverageBytes : ideal;
}

/** The smallest power of two with which no list can become too long. */
function leastFor(sizeBytes: number): number {
  let average: number = limits.chunkAverageMinBytes;
  while (Math.ceil(sizeBytes / (average / CUT_SPREAD)) > limits.chunksPerListMax) average *= 2;
  return average;
}

function nearestPowerOfTwo(value: number): number {
  return 2 ** Math.round(Math.log2(Math.max(value, 1)));
}
