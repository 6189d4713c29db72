import { type Cut, cutFor } from './cut.js';
import { GEAR_WINDOW_BYTES, makeGear } from './gear.js';
import { type GearScan, instantiateGearScan } from './wasm.js';

/** Behind the gear table, and as long as the rest of the memory's 17 pages allows in whole pages. */
const BUFFER_OFFSET = 1024;
const BUFFER_BYTES = 1024 * 1024;

/**
 * Cuts contents into chunks as `oracleEnds` does, piece by piece, at some GB/s. One content after the other: `start` begins
 * the next. The bytes lie in `buffer`, which is WebAssembly's own memory, so that nobody copies them.
 */
export class Chunker {
  /** 1 MiB, where the bytes of the next `push` must be. */
  readonly buffer: Buffer;
  readonly #gear: GearScan;
  #cut: Cut = cutFor(2 ** 14);
  #warmUpBytes = 0;
  /** Of the chunk that is not cut off yet. */
  #chunkBytes = 0;

  constructor() {
    this.#gear = instantiateGearScan();
    const { buffer } = this.#gear.memory;
    new Uint32Array(buffer, 0, 256).set(makeGear());
    this.buffer = Buffer.from(buffer, BUFFER_OFFSET, BUFFER_BYTES);
  }

  /** `averageBytes` is a power of two, at least 16. What was pushed before and not cut is forgotten. */
  start(averageBytes: number): void {
    this.#cut = cutFor(averageBytes);
    this.#warmUpBytes = Math.max(this.#cut.minBytes - GEAR_WINDOW_BYTES, 0);
    this.#chunkBytes = 0;
    this.#gear.reset();
  }

  /**
   * The content goes on with the first `lengthBytes` of the buffer.
   * @returns where in the buffer chunks end, ascending. What is behind the last of them belongs to a chunk that goes on; at
   * the content's end that is its last one.
   */
  push(lengthBytes: number): number[] {
    const ends: number[] = [];
    for (let at = 0; at < lengthBytes; ) {
      const { until, threshold } = this.#stage();
      const stop = Math.min(at + until - this.#chunkBytes, lengthBytes);
      const found = this.#chunkBytes < this.#warmUpBytes ? null : this.#scan(at, stop, threshold);
      const reached = found ?? stop;
      this.#chunkBytes += reached - at;
      at = reached;
      if (found === null && this.#chunkBytes < this.#cut.maxBytes) continue;
      ends.push(at);
      this.#chunkBytes = 0;
      this.#gear.reset();
    }
    return ends;
  }

  /** What is to be done with the chunk's next bytes, until it is how long. */
  #stage(): { until: number; threshold: number } {
    const { minBytes, averageBytes, maxBytes, hardThreshold, easyThreshold } = this.#cut;
    if (this.#chunkBytes < this.#warmUpBytes) return { until: this.#warmUpBytes, threshold: 0 };
    if (this.#chunkBytes < minBytes) return { until: minBytes, threshold: 0 };
    if (this.#chunkBytes < averageBytes) return { until: averageBytes, threshold: hardThreshold };
    return { until: maxBytes, threshold: easyThreshold };
  }

  #scan(at: number, stop: number, threshold: number): number | null {
    const end = this.#gear.scan(BUFFER_OFFSET + at, BUFFER_OFFSET + stop, threshold);
    return end === 0 ? null : end - BUFFER_OFFSET;
  }
}
