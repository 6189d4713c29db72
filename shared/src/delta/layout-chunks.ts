import { chunkHash } from './chunk-index.js';
import type { ChunkList } from './chunk-list.js';

/** The lengths of a content's chunks, and the hashes of those that the receiver has lists with. */
export interface Layout {
  readonly averageBytes: number;
  /** Where each chunk ends, ascending; the last one is the content's size. */
  readonly ends: Float64Array;
  /** The XXH3-128 that a chunk in a run must have; null for a new chunk. */
  knownHash(index: number): Buffer | null;
}

/** Grows with what is added, so a layout's announced size reserves nothing. */
export class LayoutChunks {
  #ends = new Float64Array(64);
  #indexes = new Int32Array(64);
  #owners: (ChunkList | null)[] = [];
  hasKnown = false;

  get count(): number {
    return this.#owners.length;
  }

  get endBytes(): number {
    return this.count === 0 ? 0 : (this.#ends[this.count - 1] ?? 0);
  }

  add(end: number, owner: ChunkList | null, index: number): void {
    if (this.count === this.#ends.length) this.#grow();
    this.#ends[this.count] = end;
    this.#indexes[this.count] = index;
    this.#owners.push(owner);
    if (owner !== null) this.hasKnown = true;
  }

  finish(averageBytes: number): Layout {
    const owners = this.#owners;
    const indexes = this.#indexes;
    const knownHash = (index: number): Buffer | null => {
      const owner = owners[index] ?? null;
      return owner === null ? null : chunkHash(owner, indexes[index] ?? 0);
    };
    return { averageBytes, ends: this.#ends.slice(0, this.count), knownHash };
  }

  #grow(): void {
    const ends = new Float64Array(2 * this.#ends.length);
    const indexes = new Int32Array(ends.length);
    ends.set(this.#ends);
    indexes.set(this.#indexes);
    this.#ends = ends;
    this.#indexes = indexes;
  }
}
