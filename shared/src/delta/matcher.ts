import { BtsootError } from '../model/errors.js';
import { limits } from '../model/limits.js';
import { hashToBytes } from '../model/xxh3.js';
import { type BlockRef, BlockTable, type Source } from './block-table.js';
import type { Op } from './op.js';
import { OpList } from './op-list.js';
import { RollingScan, weakSum } from './rolling.js';
import type { Block, Signature } from './signature.js';

export type { Source };

/** How much of what is pushed is looked at in one go. */
const SLICE_BYTES = 128 * 1024;
/** Blocks whose weak sum was found and whose strong sum was not: more bytes of them than this, per byte searched, is an attack. */
const FUTILE_RATIO_MAX = 4;
const FUTILE_MIN_BYTES = 1024 * 1024;

/**
 * Searches the new bytes of one gap, as they come, for blocks of old bytes that signatures describe: at any position by a
 * rolling sum, and where the last found block goes on without one. A region's short end blocks are looked for only where they
 * go on from a block, and at the gap's two ends.
 */
export class Matcher {
  readonly #sources: readonly Source[];
  readonly #blockBytes: number;
  readonly #table: BlockTable;
  readonly #scan: RollingScan;
  readonly #ops = new OpList();

  /** Bytes from up to a block before the window on. */
  readonly #bytes: Buffer;
  #filled = 0;
  /** Where in `#bytes` the window is: all before is matched or literal. */
  #at = 0;
  /** The gap's bytes before the window. */
  #position = 0;
  /** Bytes before the window that are literals unless a block is found to end with them. */
  #literalBytes = 0;
  /** Blocks to be tried at the window before any sum is rolled; null: the sum is that of the window, and was looked up. */
  #expected: readonly BlockRef[] | null;
  /** What the last found block, or the first source, says of where the gap's bytes come from. */
  #hint: { readonly source: number; readonly shift: number };
  /** What was hashed in vain. */
  #futileBytes = 0;

  /** @param sources all of one block size; where blocks are equal, earlier ones are taken */
  constructor(sources: readonly Source[]) {
    const [first] = sources;
    this.#sources = sources;
    this.#blockBytes = first?.signature.region.blockBytes ?? limits.signatureBlockMinBytes;
    if (sources.some(({ signature }) => signature.region.blockBytes !== this.#blockBytes)) {
      throw new BtsootError('internal', 'Signatures with different block sizes');
    }
    this.#table = new BlockTable(sources);
    const blocks = sources.reduce((sum, { signature }) => sum + signature.blockCount, 0);
    this.#scan = new RollingScan(this.#blockBytes, this.#table.weaks(), blocks);
    this.#bytes = Buffer.allocUnsafe(2 * this.#blockBytes + SLICE_BYTES);
    this.#expected = sources.map((_, source) => ({ source, index: 0 }));
    this.#hint = { source: 0, shift: first?.signature.region.from ?? 0 };
  }

  /** The gap's next bytes. Returns the ops that are certain by now, in order. */
  push(bytes: Buffer): Op[] {
    for (let from = 0; from < bytes.length; ) {
      this.#makeRoom();
      const copied = bytes.copy(this.#bytes, this.#filled, from);
      this.#filled += copied;
      from += copied;
      this.#search(false);
    }
    return this.#ops.takeDone();
  }

  /** The gap's other ops. Together they cover all that was pushed. */
  finish(): Op[] {
    this.#search(true);
    const tail = this.#tail();
    const leftBytes = this.#filled - this.#at - (tail?.block.lengthBytes ?? 0);
    this.#ops.literal(this.#literalBytes + leftBytes);
    if (tail !== null) this.#ops.copy(tail.basis, tail.block.from, tail.block.lengthBytes);
    return this.#ops.finish();
  }

  get futileBytes(): number {
    return this.#futileBytes;
  }

  /** Keeps one block before the window, for a short first block that a found one follows. */
  #makeRoom(): void {
    const drop = this.#at - this.#blockBytes;
    if (drop <= 0) return;
    this.#bytes.copyWithin(0, drop, this.#filled);
    this.#at -= drop;
    this.#filled -= drop;
  }

  /** Moves the window as far as the bytes that are there allow. */
  #search(isAll: boolean): void {
    for (;;) {
      if (this.#expected !== null) {
        const found = this.#findExpected(this.#expected, isAll);
        if (found === 'wait') return;
        if (found === null && !this.#startScan()) return;
        const hit = found ?? this.#lookUp();
        if (hit !== null) this.#accept(hit);
        continue;
      }
      const last = this.#filled - this.#blockBytes;
      if (this.#at >= last) return;
      this.#advance(this.#scan.scan(this.#bytes, this.#at, last) - this.#at);
      const hit = this.#lookUp();
      if (hit !== null) this.#accept(hit);
    }
  }

  /** The longest of them that is here, 'wait' where one would need bytes that may still come. */
  #findExpected(refs: readonly BlockRef[], isAll: boolean): BlockRef | null | 'wait' {
    const available = this.#filled - this.#at;
    if (!isAll && refs.some((ref) => this.#block(ref).lengthBytes > available)) return 'wait';
    const fitting = refs.filter((ref) => this.#block(ref).lengthBytes <= available);
    const sorted = fitting.sort((a, b) => this.#block(b).lengthBytes - this.#block(a).lengthBytes);
    return sorted.find((ref) => this.#isAt(ref, this.#at)) ?? null;
  }

  #startScan(): boolean {
    this.#expected = [];
    if (this.#filled - this.#at < this.#blockBytes) return false;
    this.#scan.start(this.#bytes, this.#at);
    this.#expected = null;
    return true;
  }

  /** The block that the window is, where there is one: that which lies where the last one goes on, else the first. */
  #lookUp(): BlockRef | null {
    const weak = this.#scan.hash;
    if (!this.#scan.isWanted() || !this.#table.hasWeak(weak) || this.#isFutile()) return null;
    let hash: Buffer | null = null;
    for (const ref of this.#candidates(weak)) {
      hash ??= hashToBytes(this.#bytes.subarray(this.#at, this.#at + this.#blockBytes));
      if (this.#signature(ref)?.hasStrong(ref.index, hash)) return ref;
    }
    if (hash !== null) this.#futileBytes += this.#blockBytes;
    return null;
  }

  *#candidates(weak: number): Iterable<BlockRef> {
    const { source, shift } = this.#hint;
    const region = this.#sources[source]?.signature.region;
    const from = this.#position + shift;
    if (region !== undefined && from >= region.from && from + this.#blockBytes <= region.from + region.lengthBytes) {
      const index = (from - (region.from - (region.from % this.#blockBytes))) / this.#blockBytes;
      const ref = { source, index };
      if (Number.isInteger(index) && this.#signature(ref)?.weak(index) === weak) yield ref;
    }
    yield* this.#table.withWeak(weak);
  }

  #isFutile(): boolean {
    return this.#futileBytes > FUTILE_MIN_BYTES + FUTILE_RATIO_MAX * this.#position;
  }

  #accept(ref: BlockRef): void {
    const { from, lengthBytes } = this.#block(ref);
    const basis = this.#sources[ref.source]?.basis ?? 0;
    const head = this.#headBefore(ref);
    this.#ops.literal(this.#literalBytes - (head?.lengthBytes ?? 0));
    if (head !== null) this.#ops.copy(basis, head.from, head.lengthBytes);
    this.#ops.copy(basis, from, lengthBytes);
    this.#advance(lengthBytes);
    this.#literalBytes = 0;
    this.#hint = { source: ref.source, shift: from + lengthBytes - this.#position };
    const next = { source: ref.source, index: ref.index + 1 };
    this.#expected = next.index < (this.#signature(ref)?.blockCount ?? 0) ? [next] : [];
  }

  /** The region's short first block, where it ends at the window, which is its second block. */
  #headBefore(ref: BlockRef): Block | null {
    if (ref.index !== 1) return null;
    const head = { source: ref.source, index: 0 };
    const block = this.#block(head);
    const from = this.#at - block.lengthBytes;
    const isPossible = block.lengthBytes <= this.#literalBytes && block.lengthBytes < this.#blockBytes && from >= 0;
    return isPossible && this.#isAt(head, from) ? block : null;
  }

  /** The longest short last block of a region that the gap ends with. */
  #tail(): { basis: number; block: Block } | null {
    let best: { basis: number; block: Block } | null = null;
    for (const [source, { basis, signature }] of this.#sources.entries()) {
      const ref = { source, index: signature.blockCount - 1 };
      const block = this.#block(ref);
      const from = this.#filled - block.lengthBytes;
      if (from < this.#at || block.lengthBytes <= (best?.block.lengthBytes ?? 0)) continue;
      if (this.#isAt(ref, from)) best = { basis, block };
    }
    return best;
  }

  /** Whether the bytes at this place of `#bytes` have the block's sums. */
  #isAt(ref: BlockRef, at: number): boolean {
    const end = at + this.#block(ref).lengthBytes;
    const signature = this.#signature(ref);
    if (!signature?.hasStrong(ref.index, hashToBytes(this.#bytes.subarray(at, end)))) return false;
    return weakSum(this.#bytes, at, end) === signature.weak(ref.index);
  }

  #advance(lengthBytes: number): void {
    this.#at += lengthBytes;
    this.#position += lengthBytes;
    this.#literalBytes += lengthBytes;
  }

  #block(ref: BlockRef): Block {
    return this.#signature(ref)?.block(ref.index) ?? { from: 0, lengthBytes: 0 };
  }

  #signature(ref: BlockRef): Signature | undefined {
    return this.#sources[ref.source]?.signature;
  }
}
