import { limits } from '../model/limits.js';
import type { PlannedStep } from '../model/step.js';

/**
 * Bytes that the target's file system must have free for a plan, at least. What is overwritten or removed frees nothing,
 * since history keeps it. A file that a few changes turn into the new one need not be there twice: with reflinks only what
 * is new takes room, else, in a patch in place, twice that: for the new bytes, and for those that they replace.
 */
export function neededBytes(steps: Iterable<PlannedStep>, reflinks: boolean): number {
  let bytes = 0;
  for (const planned of steps) bytes += neededBy(planned, reflinks);
  return bytes;
}

function neededBy({ step, wireBytes }: PlannedStep, reflinks: boolean): number {
  if (step.kind === 'copy') return reflinks ? 0 : step.content.sizeBytes;
  if (step.kind !== 'put') return 0;
  const { sizeBytes } = step.content;
  if (step.replaces?.kind !== 'file') return sizeBytes;
  if (reflinks) return Math.min(wireBytes, sizeBytes);
  const mayBePatched = sizeBytes >= limits.inPlaceSizeMinBytes && wireBytes <= limits.inPlaceChangeMaxBytes;
  return mayBePatched ? Math.min(2 * wireBytes, sizeBytes) : sizeBytes;
}
