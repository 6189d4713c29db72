import { limits } from '@btsoot/shared/model/limits.js';

/** A block of up to this size is as quickly compressed as tried. */
export const SAMPLE_BYTES = 16 * 1024;
/** A sample is put together from several places: a batch of small files, or a header, are not what the rest is like. */
const SLICES = 4;
const FIRST_PAUSE_BYTES = limits.unpackedSizeMaxBytes;
const LONGEST_PAUSE_BYTES = 32 * limits.unpackedSizeMaxBytes;

/** Bytes that are like the block's, at most 16 KiB. */
export function sampleOf(raw: Buffer): Buffer {
  if (raw.length <= SAMPLE_BYTES) return raw;
  const sliceBytes = SAMPLE_BYTES / SLICES;
  const stride = Math.floor((raw.length - sliceBytes) / (SLICES - 1));
  return Buffer.concat(Array.from({ length: SLICES }, (_, index) => raw.subarray(index * stride, index * stride + sliceBytes)));
}

/**
 * When to try whether a file's bytes shrink: at each block while they do, less and less often while they do not, so that
 * media costs next to nothing. A block that is not full is taken for a file's last one.
 */
export class Sampling {
  #pauseBytes = 0;
  #nextPauseBytes = FIRST_PAUSE_BYTES;

  /** Asked once for each block, in order. */
  isDue(blockBytes: number): boolean {
    const due = this.#pauseBytes <= 0;
    this.#pauseBytes -= blockBytes;
    if (!isFull(blockBytes)) this.shrank();
    return due;
  }

  shrank(): void {
    this.#pauseBytes = 0;
    this.#nextPauseBytes = FIRST_PAUSE_BYTES;
  }

  /** The block was tried in vain. */
  stayed(blockBytes: number): void {
    if (!isFull(blockBytes)) return;
    this.#pauseBytes = this.#nextPauseBytes;
    this.#nextPauseBytes = Math.min(this.#nextPauseBytes * 2, LONGEST_PAUSE_BYTES);
  }
}

function isFull(blockBytes: number): boolean {
  return blockBytes >= limits.unpackedSizeMaxBytes;
}
