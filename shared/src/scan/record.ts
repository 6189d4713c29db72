const VERSION = 1;
const DIGEST_BYTES = 16;
const ID_BYTES = 6;
const HEADER_BYTES = 1 + DIGEST_BYTES;

/**
 * What the manifest keeps of a directory's listing: a version byte, the listing's digest (16 bytes), and the row ids of
 * the subdirectories in byte order of their names (48 bits each, little endian). It is kept only where nothing below
 * needs another look, and the manifest drops it when one of the children's rows changes.
 */
export function encodeRecord(digest: Buffer, directoryIds: readonly number[]): Buffer {
  const record = Buffer.alloc(HEADER_BYTES + directoryIds.length * ID_BYTES);
  record.writeUInt8(VERSION, 0);
  digest.copy(record, 1);
  directoryIds.forEach((id, index) => {
    record.writeUIntLE(id, HEADER_BYTES + index * ID_BYTES, ID_BYTES);
  });
  return record;
}

/** The subdirectories' row ids, or null where the record is of another listing. */
export function matchRecord(record: Buffer | null, digest: Buffer): number[] | null {
  if (record === null || record.length < HEADER_BYTES || record[0] !== VERSION) return null;
  if (!record.subarray(1, HEADER_BYTES).equals(digest)) return null;
  const count = (record.length - HEADER_BYTES) / ID_BYTES;
  return Array.from({ length: count }, (_, index) => record.readUIntLE(HEADER_BYTES + index * ID_BYTES, ID_BYTES));
}
