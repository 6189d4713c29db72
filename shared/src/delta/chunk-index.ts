import { CHUNK_HASH_BYTES, type ChunkList } from './chunk-list.js';

/** Slots probed before a chunk is given up: with a table at most half full, hashes that are hashes never get there. */
const PROBES_MAX = 64;

export function chunkCount(list: ChunkList): number {
  return list.ends.length;
}

/** Where the chunk begins; for the index behind the last, the content's size. */
export function chunkStart(list: ChunkList, index: number): number {
  return index === 0 ? 0 : (list.ends[index - 1] ?? 0);
}

export function chunkLength(list: ChunkList, index: number): number {
  return chunkStart(list, index + 1) - chunkStart(list, index);
}

/** Shares memory with the list. */
export function chunkHash(list: ChunkList, index: number): Buffer {
  return list.hashes.subarray(index * CHUNK_HASH_BYTES, (index + 1) * CHUNK_HASH_BYTES);
}

/** Whether two chunks are the same bytes: length and hash. */
export function sameChunk(a: ChunkList, indexOfA: number, b: ChunkList, indexOfB: number): boolean {
  if (indexOfA >= a.ends.length || indexOfB >= b.ends.length) return false;
  if (chunkLength(a, indexOfA) !== chunkLength(b, indexOfB)) return false;
  const atA = indexOfA * CHUNK_HASH_BYTES;
  const atB = indexOfB * CHUNK_HASH_BYTES;
  return a.hashes.compare(b.hashes, atB, atB + CHUNK_HASH_BYTES, atA, atA + CHUNK_HASH_BYTES) === 0;
}

/** The chunk that begins at this byte, or null. */
export function chunkBeginningAt(list: ChunkList, at: number): number | null {
  const index = firstChunkFrom(list, at);
  return index < list.ends.length && chunkStart(list, index) === at ? index : null;
}

/** The first chunk that begins at this byte or behind it; the number of chunks where there is none. */
export function firstChunkFrom(list: ChunkList, at: number): number {
  if (at <= 0) return 0;
  let low = 0;
  let high = list.ends.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((list.ends[middle] ?? 0) < at) low = middle + 1;
    else high = middle;
  }
  return Math.min(low + 1, list.ends.length);
}

/** Finds a list's chunks by what they hold. Of equal ones it knows the first. Flat: a million chunks are one array. */
export class ChunkIndex {
  readonly #list: ChunkList;
  readonly #slots: Int32Array;

  constructor(list: ChunkList) {
    this.#list = list;
    this.#slots = new Int32Array(2 ** Math.ceil(Math.log2(2 * list.ends.length + 2))).fill(-1);
    for (let index = 0; index < list.ends.length; index += 1) this.#insert(index);
  }

  /** The chunk of this list that equals chunk `index` of `list`, or null. */
  find(list: ChunkList, index: number): number | null {
    for (let probe = 0; probe < PROBES_MAX; probe += 1) {
      const found = this.#slots[this.#slot(list, index, probe)] ?? -1;
      if (found < 0) return null;
      if (sameChunk(this.#list, found, list, index)) return found;
    }
    return null;
  }

  #insert(index: number): void {
    for (let probe = 0; probe < PROBES_MAX; probe += 1) {
      const slot = this.#slot(this.#list, index, probe);
      const taken = this.#slots[slot] ?? -1;
      if (taken < 0) {
        this.#slots[slot] = index;
        return;
      }
      if (sameChunk(this.#list, taken, this.#list, index)) return;
    }
  }

  #slot(list: ChunkList, index: number, probe: number): number {
    return (list.hashes.readUInt32LE(index * CHUNK_HASH_BYTES) + probe) & (this.#slots.length - 1);
  }
}
