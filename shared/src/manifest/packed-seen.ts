import type { Seen } from '../model/seen.js';

/**
 * A Seen as a manifest row keeps it, little endian: dev, ino and size (u64), modification, change and birth time (each
 * the low 64 bits, then the high 32, of a signed count of nanoseconds: some file systems keep times beyond what 64 bits
 * of nanoseconds hold), mode, uid, gid and nlink (u32).
 */
const PACKED_BYTES = 3 * 8 + 3 * 12 + 4 * 4;

export function packSeen(seen: Seen): Buffer {
  const packed = Buffer.allocUnsafe(PACKED_BYTES);
  let at = packed.writeBigUInt64LE(seen.dev, 0);
  at = packed.writeBigUInt64LE(seen.ino, at);
  at = packed.writeBigUInt64LE(seen.sizeBytes, at);
  at = writeTime(packed, seen.mtimeNs, at);
  at = writeTime(packed, seen.ctimeNs, at);
  at = writeTime(packed, seen.btimeNs, at);
  at = packed.writeUInt32LE(seen.mode, at);
  at = packed.writeUInt32LE(seen.uid, at);
  at = packed.writeUInt32LE(seen.gid, at);
  packed.writeUInt32LE(seen.nlink, at);
  return packed;
}

/** Reads what `packSeen` wrote. */
export function unpackSeen(packed: Buffer): Seen {
  return {
    dev: packed.readBigUInt64LE(0),
    ino: packed.readBigUInt64LE(8),
    sizeBytes: packed.readBigUInt64LE(16),
    mtimeNs: readTime(packed, 24),
    ctimeNs: readTime(packed, 36),
    btimeNs: readTime(packed, 48),
    mode: packed.readUInt32LE(60),
    uid: packed.readUInt32LE(64),
    gid: packed.readUInt32LE(68),
    nlink: packed.readUInt32LE(72),
  };
}

function writeTime(packed: Buffer, timeNs: bigint, at: number): number {
  packed.writeBigUInt64LE(BigInt.asUintN(64, timeNs), at);
  return packed.writeInt32LE(Number(timeNs >> 64n), at + 8);
}

function readTime(packed: Buffer, at: number): bigint {
  return (BigInt(packed.readInt32LE(at + 8)) << 64n) | packed.readBigUInt64LE(at);
}
