import type { Signature } from './signature.js';

/** A signature of the basis' bytes that a gap is searched for. */
export interface Source {
  readonly basis: number;
  readonly signature: Signature;
}

/** One block of one source. */
export interface BlockRef {
  readonly source: number;
  readonly index: number;
}

/** Signatures are what another machine says: however their sums collide, building and asking stay bounded. */
const PROBES_MAX = 32;

/** Finds full blocks by their weak sums. Blocks that equal one already there are left out. Flat: one array of numbers. */
export class BlockTable {
  readonly #sources: readonly Source[];
  /** Which number each source's first block has. */
  readonly #firsts: readonly number[];
  readonly #slots: Int32Array;
  /** Of the block in each slot. */
  readonly #slotWeaks: Int32Array;
  readonly #shift: number;

  constructor(sources: readonly Source[]) {
    this.#sources = sources;
    let count = 0;
    this.#firsts = sources.map(({ signature }) => {
      count += signature.blockCount;
      return count - signature.blockCount;
    });
    const bits = Math.ceil(Math.log2(2 * count + 2));
    this.#shift = 32 - bits;
    this.#slots = new Int32Array(2 ** bits).fill(-1);
    this.#slotWeaks = new Int32Array(2 ** bits);
    for (const ref of this.fullBlocks()) this.#insert(ref);
  }

  *fullBlocks(): Iterable<BlockRef> {
    for (const [source, { signature }] of this.#sources.entries()) {
      for (let index = 0; index < signature.blockCount; index += 1) {
        if (signature.block(index).lengthBytes === signature.region.blockBytes) yield { source, index };
      }
    }
  }

  *weaks(): Iterable<number> {
    for (const ref of this.fullBlocks()) yield this.#weak(ref);
  }

  /** Whether a block has this weak sum, and so whether it is worth asking for which. */
  hasWeak(weak: number): boolean {
    for (let probe = 0; probe < PROBES_MAX; probe += 1) {
      const slot = this.#slot(weak, probe);
      if ((this.#slots[slot] as number) < 0) return false;
      if (this.#slotWeaks[slot] === weak) return true;
    }
    return false;
  }

  *withWeak(weak: number): Iterable<BlockRef> {
    for (let probe = 0; probe < PROBES_MAX; probe += 1) {
      const slot = this.#slot(weak, probe);
      const number = this.#slots[slot] ?? -1;
      if (number < 0) return;
      if (this.#slotWeaks[slot] === weak) yield this.#ref(number);
    }
  }

  #insert(ref: BlockRef): void {
    const weak = this.#weak(ref);
    for (let probe = 0; probe < PROBES_MAX; probe += 1) {
      const slot = this.#slot(weak, probe);
      const number = this.#slots[slot] ?? -1;
      if (number < 0) {
        this.#slots[slot] = (this.#firsts[ref.source] ?? 0) + ref.index;
        this.#slotWeaks[slot] = weak;
        return;
      }
      if (this.#isSame(ref, this.#ref(number))) return;
    }
  }

  #isSame(a: BlockRef, b: BlockRef): boolean {
    const other = this.#sources[b.source];
    return other !== undefined && this.#sources[a.source]?.signature.isSame(a.index, other.signature, b.index) === true;
  }

  #weak({ source, index }: BlockRef): number {
    return this.#sources[source]?.signature.weak(index) ?? 0;
  }

  #ref(number: number): BlockRef {
    const source = this.#firsts.findLastIndex((first) => first <= number);
    return { source, index: number - (this.#firsts[source] ?? 0) };
  }

  #slot(weak: number, probe: number): number {
    return ((weak >>> this.#shift) + probe) & (this.#slots.length - 1);
  }
}
