import type { BigIntStats } from 'node:fs';
import type { Kind, Metadata } from '../model/entry.js';
import type { Seen } from '../model/seen.js';
import type { Special } from '../model/special.js';
import type { Xattrs } from '../model/xattrs.js';

const TYPE_MASK = 0o170000;
const PERMISSION_MASK = 0o7777;

/** What an `lstat` said, exactly, with the device made relative to the tree's own (see model/seen.ts). */
export function seenFromStats(stats: BigIntStats, rootDev: bigint): Seen {
  return {
    dev: stats.dev === rootDev ? 0n : stats.dev,
    ino: inodeNumber(stats),
    sizeBytes: stats.size,
    mtimeNs: within64Bits(stats.mtimeNs),
    ctimeNs: within64Bits(stats.ctimeNs),
    btimeNs: within64Bits(stats.birthtimeNs),
    mode: Number(stats.mode),
    uid: Number(stats.uid),
    gid: Number(stats.gid),
    nlink: Number(stats.nlink),
  };
}

/** Node hands numbers of 2^63 and above, which file systems that number by hashes give to every other file, on as negative ones. */
export function inodeNumber({ ino }: Pick<BigIntStats, 'ino'>): bigint {
  return BigInt.asUintN(64, ino);
}

const INT64_MAX = 2n ** 63n - 1n;

/** File systems keep times after 2262, which 64 bits of nanoseconds do not reach: they become the last that do. */
function within64Bits(ns: bigint): bigint {
  if (ns > INT64_MAX) return INT64_MAX;
  return ns < -INT64_MAX ? -INT64_MAX : ns;
}

/** Whether both say the same in every field. */
export function sameSeen(a: Seen, b: Seen): boolean {
  return sameObject(a, b) && sameBytes(a, b) && sameAttributes(a, b) && a.ctimeNs === b.ctimeNs;
}

/** Whether both are of one inode of one file system, as far as numbers can say. */
export function sameObject(a: Seen, b: Seen): boolean {
  return a.ino === b.ino && a.dev === b.dev && a.btimeNs === b.btimeNs;
}

/** Whether size and modification time, which every honest edit changes, are the same. */
export function sameBytes(a: Seen, b: Seen): boolean {
  return a.sizeBytes === b.sizeBytes && a.mtimeNs === b.mtimeNs;
}

/** Whether mode, owner and link count, whose change moves the ctime alone, are the same. */
export function sameAttributes(a: Seen, b: Seen): boolean {
  return a.mode === b.mode && a.uid === b.uid && a.gid === b.gid && a.nlink === b.nlink;
}

/** The kind of entry that a `st_mode` denotes; a socket is none. */
export function kindOfMode(mode: number): Kind | 'socket' {
  switch (mode & TYPE_MASK) {
    case 0o100000:
      return 'file';
    case 0o040000:
      return 'directory';
    case 0o120000:
      return 'symlink';
    case 0o010000:
    case 0o020000:
    case 0o060000:
      return 'special';
    default:
      return 'socket';
  }
}

/** What a FIFO or a device is, whose numbers Linux packs into one (gnu_dev_major and gnu_dev_minor); null for all else. */
export function specialOf({ mode, rdev }: Pick<BigIntStats, 'mode' | 'rdev'>): Special | null {
  const major = Number(((rdev >> 8n) & 0xfffn) | ((rdev >> 32n) & 0xffff_f000n));
  const minor = Number((rdev & 0xffn) | ((rdev >> 12n) & 0xffff_ff00n));
  switch (Number(mode) & TYPE_MASK) {
    case 0o010000:
      return { type: 'fifo', major: 0, minor: 0 };
    case 0o020000:
      return { type: 'character', major, minor };
    case 0o060000:
      return { type: 'block', major, minor };
    default:
      return null;
  }
}

/** The mirrored part of what was seen, with what was read of its extended attributes. The time is rounded down to the microsecond. */
export function metadataOf(seen: Seen, xattrs: Xattrs): Metadata {
  return { mode: seen.mode & PERMISSION_MASK, uid: seen.uid, gid: seen.gid, mtimeUs: microseconds(seen.mtimeNs), xattrs };
}

/**
 * Nanoseconds to whole microseconds, rounded down, before 1970 too. Times that a number cannot hold exactly, over 285
 * years from 1970, which nobody's files have but by mistake, become the last that it can.
 */
function microseconds(ns: bigint): number {
  const us = ns / 1000n;
  const rounded = Number(us * 1000n > ns ? us - 1n : us);
  return Math.min(Math.max(rounded, Number.MIN_SAFE_INTEGER), Number.MAX_SAFE_INTEGER);
}

/** How many numbers a packed stat takes. */
export const PACKED_SEEN_LENGTH = 10;

/** As ten 64-bit numbers: for the way between threads, and to hold many in little memory. */
export function packSeen(seen: Seen, into = new BigInt64Array(PACKED_SEEN_LENGTH), at = 0): BigInt64Array {
  into[at] = seen.dev;
  into[at + 1] = seen.ino;
  into[at + 2] = seen.sizeBytes;
  into[at + 3] = seen.mtimeNs;
  into[at + 4] = seen.ctimeNs;
  into[at + 5] = seen.btimeNs;
  into[at + 6] = BigInt(seen.mode);
  into[at + 7] = BigInt(seen.uid);
  into[at + 8] = BigInt(seen.gid);
  into[at + 9] = BigInt(seen.nlink);
  return into;
}

export function unpackSeen(packed: BigInt64Array, at = 0): Seen {
  const field = (index: number): bigint => packed[at + index] ?? 0n;
  return {
    dev: BigInt.asUintN(64, field(0)),
    ino: BigInt.asUintN(64, field(1)),
    sizeBytes: field(2),
    mtimeNs: field(3),
    ctimeNs: field(4),
    btimeNs: field(5),
    mode: Number(field(6)),
    uid: Number(field(7)),
    gid: Number(field(8)),
    nlink: Number(field(9)),
  };
}

/** The mode alone of a packed stat. */
export function packedMode(packed: BigInt64Array, at: number): number {
  return Number(packed[at + 6]);
}

/** A stat with its plain device number, as a tree on `rootDev` takes it (see model/seen.ts). */
export function withinTree(seen: Seen, rootDev: bigint): Seen {
  return seen.dev === rootDev ? { ...seen, dev: 0n } : seen;
}
