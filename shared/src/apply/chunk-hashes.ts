import { chunkBeginningAt, chunkHash } from '../delta/chunk-index.js';
import { CHUNK_HASH_BYTES, type ChunkList } from '../delta/chunk-list.js';
import { Xxh3 } from '../model/xxh3.js';

/** The hashes of a file's chunks, taken while its bytes go by in order, once each. */
export class ChunkHashes {
  readonly #ends: Float64Array;
  readonly #hashes: Buffer;
  readonly #hash = new Xxh3();
  #index = 0;
  #position = 0;

  /** `ends`: as in a ChunkList, known beforehand. */
  constructor(ends: Float64Array) {
    this.#ends = ends;
    this.#hashes = Buffer.alloc(ends.length * CHUNK_HASH_BYTES);
  }

  /** Chunks whose hashes are known; all of them have come before any other. */
  get count(): number {
    return this.#index;
  }

  /** Where the chunk begins that the next byte belongs to. */
  get chunkStart(): number {
    return this.endOf(this.#index);
  }

  /** Where the first `count` chunks end. */
  endOf(count: number): number {
    return this.#ends[count - 1] ?? 0;
  }

  /** Where that chunk ends. Beyond the last chunk, there is nothing but its end. */
  get chunkEnd(): number {
    return this.#ends[this.#index] ?? this.chunkStart;
  }

  get position(): number {
    return this.#position;
  }

  pass(bytes: Buffer): void {
    for (let at = 0; at < bytes.length; ) {
      const length = Math.min(bytes.length - at, this.chunkEnd - this.#position);
      if (length === 0) return;
      this.#hash.update(length === bytes.length ? bytes : bytes.subarray(at, at + length));
      at += length;
      this.#position += length;
      if (this.#position === this.chunkEnd) this.#next(this.#hash.digestBytes());
    }
  }

  /** The whole chunk that begins here goes by without its bytes: its hash is known. */
  passKnown(hash: Buffer): void {
    this.#position = this.chunkEnd;
    this.#next(hash);
  }

  /** The ends and hashes of the chunks from `from` to before `to`, which are known already. */
  slice(from: number, to: number): { ends: Float64Array; hashes: Buffer } {
    const hashes = this.#hashes.subarray(from * CHUNK_HASH_BYTES, to * CHUNK_HASH_BYTES);
    return { ends: this.#ends.subarray(from, to), hashes };
  }

  /** When the last byte has gone by. */
  list(averageBytes: number): ChunkList {
    return { averageBytes, ends: this.#ends, hashes: this.#hashes };
  }

  #next(hash: Buffer): void {
    hash.copy(this.#hashes, this.#index * CHUNK_HASH_BYTES);
    this.#hash.reset();
    this.#index++;
  }
}

/** The hash of the chunk of a list that begins and ends exactly there, or null. */
export function hashOfChunk(list: ChunkList, start: number, end: number): Buffer | null {
  const index = chunkBeginningAt(list, start);
  return index !== null && list.ends[index] === end ? chunkHash(list, index) : null;
}
