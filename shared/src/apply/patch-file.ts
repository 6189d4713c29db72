import { closeSync, fstatSync } from 'node:fs';
import { readAt } from '../disk/read-at.js';
import { ByteReader } from '../model/byte-fields.js';
import type { Content } from '../model/entry.js';
import { BtsootError, fromSystemError } from '../model/errors.js';
import { limits } from '../model/limits.js';
import { hashBytes } from '../model/xxh3.js';
import { BLOCK_BYTES, FOOTER_BYTES, FORMAT_VERSION, footerOf, trailerLength } from './patch-format.js';

interface Trailer {
  readonly makes: Content;
  readonly over: Content;
  /** Positions in the content that is made, ascending, apart from each other. */
  readonly starts: Float64Array;
  readonly ends: Float64Array;
  /** Where each range's bytes begin in the file. */
  readonly offsets: Float64Array;
  /** XXH3-128 of each block. */
  readonly blocks: Buffer;
}

/**
 * Reads a patch file (patch-format.ts). It holds no descriptor, since many of them may lie on top of each other: `open`
 * opens the file anew for each block, and its descriptor is closed here.
 * @throws BtsootError from every call: `corrupt` for a file that is damaged or cut off, else as the errno says
 */
export class PatchFile {
  readonly #open: () => number;
  readonly #trailer: Trailer;
  readonly #lengthBytes: number;
  #block: { readonly number: number; readonly bytes: Buffer } | null = null;

  constructor(open: () => number) {
    this.#open = open;
    this.#trailer = this.#withFile(readTrailer);
    this.#lengthBytes = lengthOfRanges(this.#trailer);
  }

  get makes(): Content {
    return this.#trailer.makes;
  }

  get over(): Content {
    return this.#trailer.over;
  }

  get rangeCount(): number {
    return this.#trailer.starts.length;
  }

  /** The range's positions in the content that is made: its first byte, and the one after its last. */
  range(index: number): { readonly start: number; readonly end: number } {
    return { start: this.#trailer.starts[index] ?? 0, end: this.#trailer.ends[index] ?? 0 };
  }

  /** How many blocks `check` takes. */
  get blockCount(): number {
    return this.#trailer.blocks.length / 16;
  }

  /** Reads one block of the ranges' bytes and holds it against its hash. */
  check(block: number): void {
    this.#block = null;
    this.#blockBytes(block);
  }

  /** Puts the ranges' bytes into `into`, which holds bytes of a content from `position` on; what lies outside them stays. */
  overlay(into: Buffer, position: number): void {
    const { starts, ends, offsets } = this.#trailer;
    const until = position + into.length;
    for (let index = firstEndingAfter(ends, position); index < starts.length; index++) {
      const start = starts[index] ?? until;
      if (start >= until) return;
      const from = Math.max(start, position);
      const to = Math.min(ends[index] ?? start, until);
      this.#read(into.subarray(from - position, to - position), (offsets[index] ?? 0) + from - start);
    }
  }

  #read(into: Buffer, offset: number): void {
    for (let at = 0; at < into.length; ) {
      const number = Math.floor((offset + at) / BLOCK_BYTES);
      const bytes = this.#blockBytes(number);
      const copied = bytes.copy(into, at, offset + at - number * BLOCK_BYTES);
      if (copied === 0) throw damaged('it is too short');
      at += copied;
    }
  }

  #blockBytes(number: number): Buffer {
    if (this.#block?.number === number) return this.#block.bytes;
    const bytes = Buffer.allocUnsafe(Math.min(BLOCK_BYTES, this.#lengthBytes - number * BLOCK_BYTES));
    this.#withFile((fd) => {
      if (readAt(fd, bytes, number * BLOCK_BYTES) < bytes.length) throw damaged('it is too short');
    });
    const expected = this.#trailer.blocks.subarray(16 * number, 16 * (number + 1)).toString('hex');
    if (hashBytes(bytes) !== expected) throw damaged('its bytes do not match their hash');
    this.#block = { number, bytes };
    return bytes;
  }

  #withFile<T>(work: (fd: number) => T): T {
    try {
      const fd = this.#open();
      try {
        return work(fd);
      } finally {
        closeSync(fd);
      }
    } catch (error) {
      throw fromSystemError(error, 'reading a patch file');
    }
  }
}

function readTrailer(fd: number): Trailer {
  const { size } = fstatSync(fd);
  const footer = Buffer.alloc(FOOTER_BYTES);
  const isWhole = size >= FOOTER_BYTES && readAt(fd, footer, size - FOOTER_BYTES) === FOOTER_BYTES;
  const lengthBytes = isWhole ? trailerLength(footer) : null;
  if (lengthBytes === null || lengthBytes > size - FOOTER_BYTES || lengthBytes > limits.patchTrailerMaxBytes) {
    throw damaged('it has no end');
  }
  const bytes = Buffer.alloc(lengthBytes);
  const packedBytes = size - FOOTER_BYTES - lengthBytes;
  if (readAt(fd, bytes, packedBytes) < lengthBytes || !footerOf(bytes).equals(footer)) throw damaged('its table is damaged');
  const trailer = parseTrailer(bytes);
  checkTrailer(trailer, packedBytes);
  return trailer;
}

function parseTrailer(bytes: Buffer): Trailer {
  const reader = new ByteReader(bytes, 'The table of a patch file');
  try {
    const version = reader.byte();
    if (version !== FORMAT_VERSION) throw damaged(`this program does not know its version ${version}`);
    const makes = readContent(reader);
    const over = readContent(reader);
    const count = reader.varint();
    if (2 * count > reader.remaining) throw damaged('its table is damaged');
    const [starts, ends, offsets] = [new Float64Array(count), new Float64Array(count), new Float64Array(count)];
    for (let index = 0, at = 0, offset = 0; index < count; index++) {
      starts[index] = at += reader.varint();
      offsets[index] = offset;
      const lengthBytes = reader.varint();
      ends[index] = at += lengthBytes;
      offset += lengthBytes;
    }
    return { makes, over, starts, ends, offsets, blocks: reader.bytes(reader.remaining) };
  } catch (error) {
    throw error instanceof BtsootError && error.kind === 'invalid' ? damaged(error.message) : error;
  }
}

function readContent(reader: ByteReader): Content {
  const sizeBytes = reader.varint();
  return { sizeBytes, hash: reader.bytes(16).toString('hex') };
}

/** What the table says must be so for reads to stay within the file, and for every byte of the content to have a source. */
function checkTrailer(trailer: Trailer, packedBytes: number): void {
  const { makes, over, starts, ends, blocks } = trailer;
  const isPacked = lengthOfRanges(trailer) === packedBytes && blocks.length === 16 * Math.ceil(packedBytes / BLOCK_BYTES);
  if (!isPacked || (ends.at(-1) ?? 0) > makes.sizeBytes) throw damaged('its table does not fit its bytes');
  let grownBytes = 0;
  for (let index = starts.length - 1; index >= 0 && (ends[index] ?? 0) > over.sizeBytes; index--) {
    grownBytes += (ends[index] ?? 0) - Math.max(starts[index] ?? 0, over.sizeBytes);
  }
  if (grownBytes < makes.sizeBytes - over.sizeBytes) throw damaged('its table does not cover the content');
}

function lengthOfRanges({ starts, ends, offsets }: Trailer): number {
  const last = starts.length - 1;
  return last < 0 ? 0 : (offsets[last] ?? 0) + (ends[last] ?? 0) - (starts[last] ?? 0);
}

/** The first range that ends after `position`, found by halving. */
function firstEndingAfter(ends: Float64Array, position: number): number {
  let low = 0;
  let high = ends.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ends[middle] ?? 0) > position) high = middle;
    else low = middle + 1;
  }
  return low;
}

function damaged(why: string): BtsootError {
  return new BtsootError('corrupt', `a patch file is damaged: ${why}`);
}
