import type { Seen } from '../model/seen.js';
import type { HashResult } from './hash-file.js';
import { packSeen, sameSeen, unpackSeen } from './seen.js';

/**
 * What the pool and its threads say to each other. Paths are byte strings and stats are packed: both cross between
 * threads an order of magnitude faster than Buffers, which take their whole pool along, and objects of bigints.
 */
export interface HashRequest {
  readonly batch: number;
  readonly paths: readonly string[];
  /** For each path the average of its previous version's chunk list, or null. */
  readonly previousAveragesBytes: readonly (number | null)[];
}

export interface HashReply {
  readonly batch: number;
  readonly results: readonly PackedResult[];
}

export type PackedResult =
  | {
      readonly hash: string;
      readonly sizeBytes: number;
      readonly chunks: Uint8Array | null;
      readonly startedMs: number;
      readonly before: BigInt64Array;
      /** Null where it is the same as `before`. */
      readonly after: BigInt64Array | null;
    }
  | { readonly error: string };

/** How many batches a thread is given at once: the one it works on, and the next, so that it never waits. */
export const BATCHES_PER_THREAD = 2;

export interface HashWorkerData {
  readonly fromDisk: boolean;
  /** Batches that are to stop, each at the index of its number modulo `BATCHES_PER_THREAD`. */
  readonly cancelledBatches: Int32Array;
}

export function isCancelled(cancelledBatches: Int32Array, batch: number): boolean {
  return Atomics.load(cancelledBatches, batch % BATCHES_PER_THREAD) === batch;
}

export function cancelBatch(cancelledBatches: Int32Array, batch: number): void {
  Atomics.store(cancelledBatches, batch % BATCHES_PER_THREAD, batch);
}

export function packResult(result: HashResult): PackedResult {
  if ('error' in result) return result;
  const { content, chunks, before, after, startedMs } = result;
  const { hash, sizeBytes } = content;
  return {
    hash,
    sizeBytes,
    chunks,
    startedMs,
    before: packSeen(before),
    after: sameSeen(before, after) ? null : packSeen(after),
  };
}

export function unpackResult(packed: PackedResult): HashResult {
  if ('error' in packed) return packed;
  const { hash, sizeBytes, startedMs } = packed;
  const chunks = packed.chunks === null ? null : bufferOver(packed.chunks);
  const before: Seen = unpackSeen(packed.before);
  const after = packed.after === null ? before : unpackSeen(packed.after);
  return { content: { hash, sizeBytes }, chunks, before, after, startedMs };
}

/** The memory of the results' chunk lists, which is to change threads instead of being copied. */
export function transfersOf(results: readonly PackedResult[]): ArrayBuffer[] {
  return results.flatMap((result) => {
    const memory = 'error' in result ? null : result.chunks?.buffer;
    return memory instanceof ArrayBuffer ? [memory] : [];
  });
}

function bufferOver(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
