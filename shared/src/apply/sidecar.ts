import { CHUNK_HASH_BYTES, type ChunkList } from '../delta/chunk-list.js';
import { byteString, type TreePath, toBytes } from '../model/bytes.js';
import type { Content } from '../model/entry.js';
import { limits } from '../model/limits.js';
import { hashBytes } from '../model/xxh3.js';

/** What lies beside the first part of a file that is being received: which file that is, and its chunks so far. */
export interface Sidecar {
  readonly content: Content;
  /** Where the file was going. For people: a resumed delivery may go elsewhere. */
  readonly path: TreePath;
  /** Of the bytes that are durable; its last end is their number. */
  readonly chunks: ChunkList;
}

const MAGIC = 'BTSP';
const VERSION = 1;
const CHECKSUM_BYTES = 8;
const HEADER_BYTES = 4 + 1 + 1 + 16 + 8 + 4;
const BATCH_BYTES = 8 + 4;
const RECORD_BYTES = 8 + 16;

/** A valid sidecar is never longer than this, with one batch per chunk at worst. */
export const SIDECAR_SIZE_MAX_BYTES =
  HEADER_BYTES + limits.pathLengthMaxBytes + limits.chunksPerListMax * (BATCH_BYTES + RECORD_BYTES + CHECKSUM_BYTES);

/**
 * Magic, version, log2 of the average, hash, size (double), length of the path, path; a checksum. All numbers are
 * little-endian.
 */
export function encodeHeader(content: Content, averageBytes: number, path: TreePath): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.write(MAGIC, 0, 'latin1');
  header.writeUInt8(VERSION, 4);
  header.writeUInt8(Math.log2(averageBytes), 5);
  header.write(content.hash, 6, 'hex');
  header.writeDoubleLE(content.sizeBytes, 22);
  header.writeUInt32LE(path.length, 30);
  return sealed(Buffer.concat([header, toBytes(path)]));
}

/** Where the first of these chunks begins (double), their number; each one's length (double) and hash; a checksum. */
export function encodeBatch(start: number, ends: Float64Array, hashes: Buffer): Buffer {
  const batch = Buffer.alloc(BATCH_BYTES + ends.length * RECORD_BYTES);
  batch.writeDoubleLE(start, 0);
  batch.writeUInt32LE(ends.length, 8);
  let previous = start;
  ends.forEach((end, index) => {
    const at = BATCH_BYTES + index * RECORD_BYTES;
    batch.writeDoubleLE(end - previous, at);
    hashes.copy(batch, at + 8, index * 16, index * 16 + 16);
    previous = end;
  });
  return sealed(batch);
}

/** The begin of a sidecar that is enough for `contentOfSidecar`. */
export const SIDECAR_BEGIN_BYTES = HEADER_BYTES;

/** Whose sidecar begins so: not verified, for sorting out others. */
export function contentOfSidecar(begin: Buffer): Content {
  return { hash: begin.toString('hex', 6, 22), sizeBytes: begin.readDoubleLE(22) };
}

/** Null where the header is not whole. The first batch that is not whole ends the list: a crash may have torn it. */
export function decodeSidecar(bytes: Buffer): Sidecar | null {
  if (bytes.length < HEADER_BYTES || bytes.toString('latin1', 0, 4) !== MAGIC || bytes[4] !== VERSION) return null;
  const headerEnd = HEADER_BYTES + bytes.readUInt32LE(30);
  if (!isSealed(bytes, 0, headerEnd)) return null;
  const averageBytes = 2 ** bytes.readUInt8(5);
  const content = contentOfSidecar(bytes);
  const path = byteString(bytes.subarray(HEADER_BYTES, headerEnd)) as TreePath;
  const { ends, hashes } = decodeBatches(bytes, headerEnd + CHECKSUM_BYTES, content.sizeBytes);
  return { content, path, chunks: { averageBytes, ends, hashes } };
}

function decodeBatches(bytes: Buffer, from: number, sizeBytes: number): { ends: Float64Array; hashes: Buffer } {
  const most = Math.min(Math.floor((bytes.length - from) / RECORD_BYTES), limits.chunksPerListMax);
  const ends = new Float64Array(Math.max(most, 0));
  const hashes = Buffer.alloc(ends.length * CHUNK_HASH_BYTES);
  let known = 0;
  const decoded = () => ({ ends: ends.slice(0, known), hashes: Buffer.from(hashes.subarray(0, known * CHUNK_HASH_BYTES)) });
  let position = 0;
  for (let at = from; at + BATCH_BYTES <= bytes.length; ) {
    const count = bytes.readUInt32LE(at + 8);
    const end = at + BATCH_BYTES + count * RECORD_BYTES;
    if (bytes.readDoubleLE(at) !== position || known + count > limits.chunksPerListMax) break;
    if (!isSealed(bytes, at, end)) break;
    for (let record = at + BATCH_BYTES; record < end; record += RECORD_BYTES) {
      const lengthBytes = bytes.readDoubleLE(record);
      if (!Number.isSafeInteger(lengthBytes) || lengthBytes < 1 || position + lengthBytes > sizeBytes) return decoded();
      position += lengthBytes;
      ends[known] = position;
      // By bytes: a call for each of a quarter million hashes would hold up everybody.
      for (let index = 0; index < CHUNK_HASH_BYTES; index++) {
        hashes[known * CHUNK_HASH_BYTES + index] = bytes[record + 8 + index] ?? 0;
      }
      known++;
    }
    at = end + CHECKSUM_BYTES;
  }
  return decoded();
}

function sealed(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, checksum(bytes)]);
}

function isSealed(bytes: Buffer, start: number, end: number): boolean {
  if (end + CHECKSUM_BYTES > bytes.length) return false;
  return checksum(bytes.subarray(start, end)).equals(bytes.subarray(end, end + CHECKSUM_BYTES));
}

function checksum(bytes: Buffer): Buffer {
  return Buffer.from(hashBytes(bytes), 'hex').subarray(0, CHECKSUM_BYTES);
}
