import { hashToBytes, Xxh3 } from '../model/xxh3.js';
import { CHUNK_HASH_BYTES, type ChunkList } from './chunk-list.js';
import { Chunker } from './chunker.js';

/** Makes the chunk lists of contents, one after the other, whose bytes go through `buffer`. */
export class ChunkHasher {
  readonly #chunker = new Chunker();
  /** Of a chunk that began in an earlier buffer. */
  readonly #partHash = new Xxh3();
  #averageBytes = 0;
  #sizeBytes = 0;
  #ends: number[] = [];
  #hashes = Buffer.alloc(0);

  /** 1 MiB, where the bytes of the next `update` must be. */
  get buffer(): Buffer {
    return this.#chunker.buffer;
  }

  /** `averageBytes` as of `averageFor`. */
  start(averageBytes: number): void {
    this.#chunker.start(averageBytes);
    this.#partHash.reset();
    this.#averageBytes = averageBytes;
    this.#sizeBytes = 0;
    this.#ends = [];
  }

  /** The content goes on with the first `lengthBytes` of the buffer. */
  update(lengthBytes: number): void {
    let from = 0;
    for (const end of this.#chunker.push(lengthBytes)) {
      this.#add(this.#hashOf(from, end), this.#sizeBytes + end);
      from = end;
    }
    if (from < lengthBytes) this.#partHash.update(this.buffer.subarray(from, lengthBytes));
    this.#sizeBytes += lengthBytes;
  }

  /** What is left is the last chunk. The next content needs a `start`. */
  finish(): ChunkList {
    if (this.#lastEnd() < this.#sizeBytes) this.#add(this.#partHash.digestBytes(), this.#sizeBytes);
    const hashes = Buffer.from(this.#hashes.subarray(0, this.#ends.length * CHUNK_HASH_BYTES));
    return { averageBytes: this.#averageBytes, ends: Float64Array.from(this.#ends), hashes };
  }

  /** Of the chunk that ends in the buffer at `end`: all of it, or the rest of one that began before. */
  #hashOf(from: number, end: number): Buffer {
    const bytes = this.buffer.subarray(from, end);
    if (from > 0 || this.#lastEnd() === this.#sizeBytes) return hashToBytes(bytes);
    this.#partHash.update(bytes);
    const hash = this.#partHash.digestBytes();
    this.#partHash.reset();
    return hash;
  }

  #lastEnd(): number {
    return this.#ends.at(-1) ?? 0;
  }

  #add(hash: Buffer, end: number): void {
    const at = this.#ends.length * CHUNK_HASH_BYTES;
    if (at === this.#hashes.length) this.#hashes = Buffer.concat([this.#hashes], Math.max(2 * at, 64 * CHUNK_HASH_BYTES));
    hash.copy(this.#hashes, at);
    this.#ends.push(end);
  }
}
