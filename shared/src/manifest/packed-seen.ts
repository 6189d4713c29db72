import { manifestFault } from '../model/errors.js';
import type { Seen } from '../model/seen.js';

/**
 * A Seen as a manifest row keeps it, little endian: dev, ino and size (u64), modification, change and birth time (each
 * the low 64 bits, then the high 32, of a signed count of nanoseconds: some file systems keep times beyond what 64 bits
 * of nanoseconds hold), mode, uid, gid and nlink (u32).
 */
const PACKED_BYTES = 3 * 8 + 3 * 12 + 4 * 4;
/** Where nlink is. */
export const NLINK_AT = 72;

export function packSeen(seen: Seen): Buffer {
  const bytes = Buffer.allocUnsafe(PACKED_BYTES);
  const packed = new DataView(bytes.buffer, bytes.byteOffset, PACKED_BYTES);
  packed.setBigUint64(0, seen.dev, true);
  packed.setBigUint64(8, seen.ino, true);
  packed.setBigUint64(16, seen.sizeBytes, true);
  setTime(packed, 24, seen.mtimeNs);
  setTime(packed, 36, seen.ctimeNs);
  setTime(packed, 48, seen.btimeNs);
  packed.setUint32(60, seen.mode, true);
  packed.setUint32(64, seen.uid, true);
  packed.setUint32(68, seen.gid, true);
  packed.setUint32(NLINK_AT, seen.nlink, true);
  return bytes;
}

/** Reads what `packSeen` wrote. @throws BtsootError of kind `corrupt` where that was damaged. */
export function unpackSeen({ buffer, byteOffset, byteLength }: Buffer): Seen {
  if (byteLength !== PACKED_BYTES) throw manifestFault(`a record of a stat has ${byteLength} bytes, not ${PACKED_BYTES}`);
  const packed = new DataView(buffer, byteOffset, byteLength);
  return {
    dev: packed.getBigUint64(0, true),
    ino: packed.getBigUint64(8, true),
    sizeBytes: packed.getBigUint64(16, true),
    mtimeNs: getTime(packed, 24),
    ctimeNs: getTime(packed, 36),
    btimeNs: getTime(packed, 48),
    mode: packed.getUint32(60, true),
    uid: packed.getUint32(64, true),
    gid: packed.getUint32(68, true),
    nlink: packed.getUint32(NLINK_AT, true),
  };
}

function setTime(packed: DataView, at: number, timeNs: bigint): void {
  packed.setBigUint64(at, BigInt.asUintN(64, timeNs), true);
  packed.setInt32(at + 8, Number(timeNs >> 64n), true);
}

function getTime(packed: DataView, at: number): bigint {
  const high = packed.getInt32(at + 8, true);
  const low = packed.getBigUint64(at, true);
  return high === 0 ? low : (BigInt(high) << 64n) | low;
}
