import type { ChunkList } from '../delta/chunk-list.js';
import type { Staged } from './action.js';

/**
 * A file that is being received. Its bytes come in order, each byte once, as literals, runs of zeros and copies from bases;
 * nothing counts before `complete` has verified it. Calls must not overlap.
 */
export interface Sink {
  /** Bytes of the content that have not come yet. No call may bring more. */
  readonly remainingBytes: number;
  /** Of a completed file: the chunk list that it was verified to have; null where none was announced. */
  readonly list: ChunkList | null;
  literal(bytes: Buffer): Promise<void>;
  zeros(lengthBytes: number): Promise<void>;
  /**
   * @param from the first byte to copy, in the basis
   * @throws StepFailed `mismatch` where the basis cannot be read
   */
  copy(basis: number, from: number, lengthBytes: number): Promise<void>;
  /** @throws StepFailed `mismatch` when the bytes are not the announced content; call `discard` then. */
  complete(): Promise<Staged>;
  /** Leaves nothing in staging. Harmless after `complete` has failed, and when called twice. */
  discard(): Promise<void>;
  /** The delivery was cut off: what is durable stays as a partial where that is possible, else as `discard`. */
  suspend(): Promise<void>;
}
