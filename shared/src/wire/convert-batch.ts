import { limits } from '../model/limits.js';
import { type ArrivedStep, type StepWithData, stepFromWire, stepToWire } from './convert-step.js';
import { atMost, integer, invalid } from './fields.js';
import type { StepBatch, StepBatch__Output } from './messages.js';

/** Bytes that Brotli made smaller. */
export interface Packed {
  readonly bytes: Buffer;
  /** What they unpack to, more than their own length, up to `limits.unpackedSizeMaxBytes`. */
  readonly sizeBytes: number;
}

/**
 * Up to `limits.stepsPerMessageMax` steps; only the last may be a put whose bytes follow. Where `packed` is given, it is
 * what the steps' inline bytes, one after the other, were packed to, and goes in their place.
 */
export function stepBatchToWire(steps: readonly StepWithData[], packed: Packed | null): StepBatch {
  if (packed === null) return { steps: steps.map(stepToWire) };
  const isPacked = ({ inline }: StepWithData): boolean => inline !== null && inline.length > 0;
  return {
    steps: steps.map((step) => stepToWire(isPacked(step) ? { ...step, inline: 'packed' } : step)),
    packed: packed.bytes,
    packedSize: packed.sizeBytes,
  };
}

export function stepBatchFromWire(wire: StepBatch__Output): { steps: ArrivedStep[]; packed: Packed | null } {
  const steps = atMost(wire.steps, limits.stepsPerMessageMax, 'steps in a batch').map(stepFromWire);
  const first = steps.findIndex(({ step, inline }) => step.kind === 'put' && inline === null);
  if (first >= 0 && first < steps.length - 1) throw invalid('a put whose bytes follow is not the last step of its batch');
  const packedSize = steps.reduce((sum, step) => sum + packedSizeOf(step), 0);
  if (packedSize !== wire.packedSize) throw invalid(`${packedSize} bytes of files are said to be ${wire.packedSize} packed ones`);
  if (packedSize > 0) return { steps, packed: packedBytes(wire.packed, packedSize, 'a batch of packed files') };
  if (wire.packed.length > 0) throw invalid('a batch has packed bytes that are of no file');
  return { steps, packed: null };
}

/** The steps with their bytes, cut from what the batch's `packed` unpacked to: exactly its `sizeBytes`, or null where it has none. */
export function unpackSteps(steps: readonly ArrivedStep[], unpacked: Buffer | null): StepWithData[] {
  let at = 0;
  return steps.map(({ step, inline, delivery }) => {
    if (inline !== 'packed') return { step, inline, delivery };
    const start = at;
    at += packedSizeOf({ step, inline, delivery });
    if (unpacked === null || at > unpacked.length) throw invalid('a batch lacks the bytes of its packed files');
    return { step, inline: unpacked.subarray(start, at), delivery };
  });
}

/** @throws BtsootError of kind `invalid` where `bytes` cannot be what something of that size was packed to. */
export function packedBytes(bytes: Buffer, sizeBytes: number, what: string): Packed {
  integer(sizeBytes, `the size of ${what}`, 1, limits.unpackedSizeMaxBytes);
  if (bytes.length === 0 || bytes.length >= sizeBytes) throw invalid(`${what} of ${sizeBytes} bytes came as ${bytes.length}`);
  return { bytes, sizeBytes };
}

function packedSizeOf({ step, inline }: ArrivedStep): number {
  return inline === 'packed' && step.kind === 'put' ? step.content.sizeBytes : 0;
}
