import { BtsootError } from '../model/errors.js';
import { limits } from '../model/limits.js';
import { hashToBytes } from '../model/xxh3.js';
import { blockCount, entryBytes, type Region, signatureSizeBytes } from './cost.js';
import { weakSum } from './rolling.js';

export { type Region, signatureSizeBytes };

/*
 * A region's signature is one entry per block, in order. A block begins at each multiple of the block size, counted from the
 * basis' first byte; the first and the last are cut off where the region is. An entry is the weak sum (rolling.ts) as four
 * bytes, little endian, then the first bytes of the block's XXH3-128.
 */
const WEAK_BYTES = 4;

/** A block of a basis, as its holder describes it. */
export interface Block {
  readonly from: number;
  readonly lengthBytes: number;
}

/** Makes a region's signature from the region's bytes. */
export class SignatureMaker {
  readonly #region: Region;
  readonly #entryBytes: number;
  /** Those that were not taken yet, and room for more. */
  #entries = Buffer.alloc(0);
  #filled = 0;
  /** What has come of a block that is not complete. */
  readonly #carry: Buffer;
  #carried = 0;
  #block = 0;

  constructor(region: Region) {
    this.#region = region;
    this.#entryBytes = entryBytes(region);
    this.#carry = Buffer.allocUnsafe(Math.min(region.blockBytes, region.lengthBytes));
  }

  /** The region's next bytes, in pieces of any size. */
  update(bytes: Buffer): void {
    this.#reserve(this.#entryBytes * (Math.ceil(bytes.length / this.#region.blockBytes) + 1));
    for (let at = 0; at < bytes.length; ) {
      const missing = this.#blockLength() - this.#carried;
      const piece = bytes.subarray(at, at + missing);
      if (piece.length === 0) throw new BtsootError('internal', 'More bytes than the region has');
      if (this.#carried === 0 && piece.length === missing) this.#add(piece);
      else this.#keep(piece, missing);
      at += piece.length;
    }
  }

  /** The next part of the packed signature: of the blocks that are complete and were not taken before. */
  take(): Buffer {
    const taken = this.#entries.subarray(0, this.#filled);
    this.#entries = Buffer.alloc(0);
    this.#filled = 0;
    return taken;
  }

  /** The packed signature, or what is left of it. */
  finish(): Buffer {
    if (this.#block !== blockCount(this.#region)) throw new BtsootError('internal', 'Fewer bytes than the region has');
    return this.#entries.subarray(0, this.#filled);
  }

  #reserve(moreBytes: number): void {
    if (this.#filled + moreBytes <= this.#entries.length) return;
    const grown = Buffer.allocUnsafe(Math.max(2 * this.#entries.length, this.#filled + moreBytes));
    this.#entries.copy(grown, 0, 0, this.#filled);
    this.#entries = grown;
  }

  #keep(piece: Buffer, missing: number): void {
    piece.copy(this.#carry, this.#carried);
    this.#carried += piece.length;
    if (piece.length < missing) return;
    this.#add(this.#carry.subarray(0, this.#carried));
    this.#carried = 0;
  }

  #blockLength(): number {
    return this.#block < blockCount(this.#region) ? blockOf(this.#region, this.#block).lengthBytes : 0;
  }

  #add(block: Buffer): void {
    const at = this.#filled;
    this.#entries.writeInt32LE(weakSum(block, 0, block.length), at);
    hashToBytes(block).copy(this.#entries, at + WEAK_BYTES, 0, this.#entryBytes - WEAK_BYTES);
    this.#filled += this.#entryBytes;
    this.#block += 1;
  }
}

/** A signature that was received. */
export class Signature {
  readonly region: Region;
  readonly blockCount: number;
  readonly #entries: Buffer;
  readonly #entryBytes: number;

  constructor(region: Region, entries: Buffer) {
    this.region = region;
    this.blockCount = blockCount(region);
    this.#entries = entries;
    this.#entryBytes = entryBytes(region);
  }

  /** As it was received. */
  get sizeBytes(): number {
    return this.#entries.length;
  }

  block(index: number): Block {
    return blockOf(this.region, index);
  }

  /** Signed. */
  weak(index: number): number {
    return this.#entries.readInt32LE(index * this.#entryBytes);
  }

  /** Whether the block's strong sum is the begin of this XXH3-128. */
  hasStrong(index: number, hash: Buffer): boolean {
    const at = index * this.#entryBytes;
    return hash.compare(this.#entries, at + WEAK_BYTES, at + this.#entryBytes, 0, this.#entryBytes - WEAK_BYTES) === 0;
  }

  /** Whether two blocks have all sums in common. */
  isSame(index: number, other: Signature, otherIndex: number): boolean {
    if (this.#entryBytes !== other.#entryBytes) return false;
    const at = index * this.#entryBytes;
    const otherAt = otherIndex * this.#entryBytes;
    return this.#entries.compare(other.#entries, otherAt, otherAt + this.#entryBytes, at, at + this.#entryBytes) === 0;
  }
}

/**
 * Any bytes of the right length are a signature: where it lies, matches are false, and the receiver finds that the whole is
 * not what it should be.
 *
 * @throws BtsootError `invalid` for another length, or an impossible region
 */
export function readSignature(region: Region, bytes: Buffer): Signature {
  const { blockBytes } = region;
  const isPowerOfTwo = Number.isInteger(Math.log2(blockBytes));
  if (!isPowerOfTwo || blockBytes < limits.signatureBlockMinBytes || blockBytes > limits.signatureBlockMaxBytes) {
    throw new BtsootError('invalid', `A signature has impossible blocks of ${blockBytes} bytes`);
  }
  if (bytes.length !== signatureSizeBytes(region)) {
    throw new BtsootError('invalid', `A signature has ${bytes.length} bytes instead of ${signatureSizeBytes(region)}`);
  }
  return new Signature(region, bytes);
}

function blockOf({ from, lengthBytes, blockBytes }: Region, index: number): Block {
  const begin = (Math.floor(from / blockBytes) + index) * blockBytes;
  const blockFrom = Math.max(begin, from);
  return { from: blockFrom, lengthBytes: Math.min(begin + blockBytes, from + lengthBytes) - blockFrom };
}
