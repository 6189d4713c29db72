import { type ChunkList, listDigest } from '../delta/chunk-list.js';
import type { Layout } from '../delta/layout.js';
import type { Content } from '../model/entry.js';
import { Xxh3 } from '../model/xxh3.js';
import { StepFailed } from './action.js';
import { ChunkHashes, hashOfChunk } from './chunk-hashes.js';

/** The chunk list that a delivered file must turn out to have. */
export interface ExpectedChunks {
  readonly layout: Pick<Layout, 'averageBytes' | 'ends'>;
  /** As `listDigest` gives it. Null: nobody has announced it, and the content's own hash decides alone. */
  readonly digest: string | null;
}

const ZEROS = Buffer.alloc(64 * 1024);
const READ_BACK_BYTES = 256 * 1024;

/**
 * Decides whether a file is the announced content, while its bytes go by in order. Where all of them did, the content's
 * own hash decides, and the chunk list's digest besides; where some are known by the hashes of their chunks alone, the
 * list's digest does, which names the content too.
 */
export class Verification {
  readonly chunks: ChunkHashes | null;
  readonly #content: Content;
  readonly #expected: ExpectedChunks | null;
  /** Null once a byte has not gone by. */
  #whole: Xxh3 | null = new Xxh3();
  #position = 0;
  /** Made when it is first needed. */
  #readBack: Buffer | null = null;

  constructor(content: Content, expected: ExpectedChunks | null) {
    this.#content = content;
    this.#expected = expected;
    this.chunks = expected === null ? null : new ChunkHashes(expected.layout.ends);
  }

  get remainingBytes(): number {
    return this.#content.sizeBytes - this.#position;
  }

  pass(bytes: Buffer): void {
    this.#whole?.update(bytes);
    this.chunks?.pass(bytes);
    this.#position += bytes.length;
  }

  passZeros(lengthBytes: number): void {
    for (let left = lengthBytes; left > 0; left -= ZEROS.length) this.pass(ZEROS.subarray(0, left));
  }

  /**
   * The next bytes are those that `list` has there. Chunks that it has from their first byte to their last are known by
   * its hashes, where there is a digest to prove them by; of others, the bytes are read back.
   */
  async passKnown(
    lengthBytes: number,
    list: ChunkList,
    readBack: (into: Buffer, position: number) => Promise<void>,
  ): Promise<void> {
    const { chunks } = this;
    if (chunks === null) throw new Error('a file without a chunk list is verified as a whole');
    const mayTrust = this.#expected !== null && this.#expected.digest !== null;
    if (mayTrust) this.#whole = null;
    for (const end = this.#position + lengthBytes; this.#position < end; ) {
      const isChunkStart = mayTrust && this.#position === chunks.chunkStart;
      const hash = isChunkStart && chunks.chunkEnd <= end ? hashOfChunk(list, this.#position, chunks.chunkEnd) : null;
      if (hash !== null) {
        this.#position = chunks.chunkEnd;
        chunks.passKnown(hash);
        continue;
      }
      this.#readBack ??= Buffer.allocUnsafeSlow(READ_BACK_BYTES);
      const part = this.#readBack.subarray(0, Math.min(end, chunks.chunkEnd) - this.#position);
      await readBack(part, this.#position);
      this.pass(part);
    }
  }

  /**
   * @returns the chunk list, where one was announced
   * @throws StepFailed `mismatch`
   */
  finish(): ChunkList | null {
    if (this.remainingBytes !== 0) throw mismatch();
    if (this.#whole !== null && this.#whole.digest() !== this.#content.hash) throw mismatch();
    if (this.chunks === null || this.#expected === null || this.#expected.digest === null) return null;
    const list = this.chunks.list(this.#expected.layout.averageBytes);
    if (listDigest(list) !== this.#expected.digest) throw mismatch();
    return list;
  }
}

export function mismatch(): StepFailed {
  return new StepFailed({ kind: 'mismatch', message: 'the bytes are not those that the hash names' });
}
