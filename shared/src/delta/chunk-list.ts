import { ByteReader, ByteWriter } from '../model/byte-fields.js';
import { BtsootError } from '../model/errors.js';
import { limits } from '../model/limits.js';
import { Xxh3 } from '../model/xxh3.js';

/**
 * How a content is cut into chunks, with each chunk's hash. Any cut is valid, though only those that the chunker makes are
 * found again in another content. Two flat arrays, so that a hundred thousand chunks are two objects.
 */
export interface ChunkList {
  /** What the chunker aimed at: a power of two. */
  readonly averageBytes: number;
  /** Where each chunk ends, ascending. The last one is the content's size. */
  readonly ends: Float64Array;
  /** XXH3-128 of each chunk, 16 bytes each. */
  readonly hashes: Buffer;
}

export const CHUNK_HASH_BYTES = 16;

const VERSION = 1;
/** Averages from 16 bytes to 2^52, of which only those of `averageFor` are met outside of tests. */
const LOG2_AVERAGE_MIN = 4;
const LOG2_AVERAGE_MAX = 52;
/** A chunk takes at least one byte of length and its hash. */
const PACKED_CHUNK_MIN_BYTES = 1 + CHUNK_HASH_BYTES;
const DIGESTED_AT_ONCE = 4_096;

/**
 * A list as it is stored and sent: version (1), the average's binary logarithm, both one byte; the number of chunks and each
 * one's length as varints; the hashes. The result has its memory for itself, so it can be transferred to another thread.
 */
export function packChunks({ averageBytes, ends, hashes }: ChunkList): Buffer {
  const writer = new ByteWriter(16 + ends.length * (PACKED_CHUNK_MIN_BYTES + 3));
  writer.byte(VERSION);
  writer.byte(Math.log2(averageBytes));
  writer.varint(ends.length);
  let start = 0;
  for (const end of ends) {
    writer.varint(end - start);
    start = end;
  }
  writer.bytes(hashes);
  const packed = Buffer.allocUnsafeSlow(writer.length);
  writer.finish().copy(packed);
  return packed;
}

/**
 * Takes nothing for granted. The list's hashes share memory with `packed`.
 * @throws BtsootError of kind `invalid` where `packed` is no list of a content of this size.
 */
export function unpackChunks(packed: Buffer, sizeBytes: number): ChunkList {
  const reader = new ByteReader(packed, 'a chunk list');
  const averageBytes = readAverage(reader);
  const count = reader.varint();
  if (count > limits.chunksPerListMax) throw invalid(`has ${count} chunks, and at most ${limits.chunksPerListMax} are allowed`);
  if (count * PACKED_CHUNK_MIN_BYTES > reader.remaining) throw invalid(`is too short for ${count} chunks`);
  const ends = new Float64Array(count);
  let end = 0;
  for (let index = 0; index < count; index++) {
    const lengthBytes = reader.varint();
    if (lengthBytes === 0 || lengthBytes > sizeBytes - end) throw invalid(`does not fit a content of ${sizeBytes} bytes`);
    end += lengthBytes;
    ends[index] = end;
  }
  if (end !== sizeBytes) throw invalid(`covers ${end} bytes of a content of ${sizeBytes}`);
  const hashes = reader.bytes(count * CHUNK_HASH_BYTES);
  if (reader.remaining > 0) throw invalid('goes on behind its end');
  return { averageBytes, ends, hashes };
}

/** The average of a packed list, of which nothing else is looked at. @throws BtsootError of kind `invalid`. */
export function averageOf(packed: Buffer): number {
  return readAverage(new ByteReader(packed, 'a chunk list'));
}

/**
 * XXH3-128 over each chunk's length (u64, little endian) and hash: 32 hexadecimal digits. It names a content as its own hash
 * does, and follows from the chunks' hashes alone. The average is no part of it.
 */
export function listDigest({ ends, hashes }: Pick<ChunkList, 'ends' | 'hashes'>): string {
  const digest = new Xxh3();
  const recordBytes = 8 + CHUNK_HASH_BYTES;
  const records = Buffer.allocUnsafe(Math.min(ends.length, DIGESTED_AT_ONCE) * recordBytes);
  let at = 0;
  for (let index = 0; index < ends.length; index++) {
    const lengthBytes = (ends[index] ?? 0) - (ends[index - 1] ?? 0);
    at = records.writeUInt32LE(lengthBytes % 2 ** 32, at);
    at = records.writeUInt32LE(Math.floor(lengthBytes / 2 ** 32), at);
    at += hashes.copy(records, at, index * CHUNK_HASH_BYTES, (index + 1) * CHUNK_HASH_BYTES);
    if (at < records.length && index < ends.length - 1) continue;
    digest.update(records.subarray(0, at));
    at = 0;
  }
  return digest.digest();
}

function readAverage(reader: ByteReader): number {
  const version = reader.byte();
  if (version !== VERSION) throw invalid(`is of format ${version}, and only ${VERSION} is known`);
  return averageFromLog2(reader.byte());
}

/** @throws BtsootError of kind `invalid` for what is no chunk size. */
export function averageFromLog2(log2: number): number {
  if (log2 < LOG2_AVERAGE_MIN || log2 > LOG2_AVERAGE_MAX) throw invalid(`names 2^${log2} bytes as its average`);
  return 2 ** log2;
}

function invalid(what: string): BtsootError {
  return new BtsootError('invalid', `a chunk list ${what}`);
}
