import {
  type BigIntStats,
  chmodSync,
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fstatSync,
  lchownSync,
  lutimesSync,
  openSync,
} from 'node:fs';
import type { Kind, Metadata } from '../model/entry.js';
import { errnoOf } from '../model/errors.js';

/** A descriptor that only names an inode; open(2) calls it O_PATH, and Node has no constant for it. */
const O_PATH = 0o10000000;

/**
 * Gives the entry at `place` its owner, mode and modification time, in the order in which none undoes another: chown
 * clears setuid bits, and nothing after the time may touch the entry. A symlink keeps its mode, which means nothing,
 * and none is ever followed. Errors are the operating system's own.
 *
 * `chown` false leaves the owner as it is. A process that is not root is allowed to fail at it.
 */
export function applyMetadata(place: Buffer, kind: Kind, meta: Metadata, options: { readonly chown: boolean }): void {
  if (options.chown) changeOwner(meta, (uid, gid) => lchownSync(place, uid, gid));
  if (kind !== 'symlink') changeMode(place, meta.mode);
  setModificationTime(place, meta.mtimeUs);
}

/**
 * As `applyMetadata`, of an open file and all but its time. What the file has already is not set again.
 * @returns the file's inode number
 */
export function applyAttributes(fd: number, meta: Metadata, options: { readonly chown: boolean }): bigint {
  const now = fstatSync(fd, { bigint: true });
  const isOwned = Number(now.uid) === meta.uid && Number(now.gid) === meta.gid;
  if (options.chown && !isOwned) changeOwner(meta, (uid, gid) => fchownSync(fd, uid, gid));
  if ((Number(now.mode) & 0o7777) !== meta.mode)
    unlessNotHeld(
      () => now,
      () => fchmodSync(fd, meta.mode),
    );
  return now.ino;
}

/**
 * Sets the modification time to the microsecond (beyond the year 2106, where a double of seconds is coarser, to within
 * one), and the access time with it, since Node cannot leave it out.
 */
export function setModificationTime(place: Buffer, mtimeUs: number): void {
  const time = secondsFor(mtimeUs);
  lutimesSync(place, time, time);
}

/**
 * Node cuts a time towards zero at the microsecond: the half keeps the double's rounding from falling short. It takes
 * times before 1970 as text alone, and puts the present in place of a negative number.
 */
function secondsFor(us: number): number | string {
  return us >= 0 ? (us + 0.5) / 1e6 : String((us - 0.5) / 1e6);
}

function changeOwner({ uid, gid }: Metadata, change: (uid: number, gid: number) => void): void {
  try {
    change(uid, gid);
  } catch (error) {
    if (errnoOf(error) !== 'EPERM' || process.getuid?.() === 0) throw error;
  }
}

/** Lets its owner write to a file until its mode is set again. No symlink is followed. */
export function makeWritable(place: Buffer): void {
  changeMode(place, 0o600);
}

/** chmod follows symlinks, so it goes through a descriptor of the inode, which a swapped name cannot redirect. */
export function changeMode(place: Buffer, mode: number): void {
  const fd = openSync(place, O_PATH | constants.O_NOFOLLOW);
  try {
    unlessNotHeld(
      () => fstatSync(fd, { bigint: true }),
      () => chmodSync(`/proc/self/fd/${fd}`, mode),
    );
  } finally {
    closeSync(fd);
  }
}

/**
 * A file system without modes of its own (FAT, exFAT) forbids the owner, and root, to set one that it cannot show. What it
 * cannot hold stays in the manifest.
 */
function unlessNotHeld(look: () => BigIntStats, change: () => void): void {
  try {
    change();
  } catch (error) {
    const user = process.geteuid?.() ?? 0;
    if (errnoOf(error) !== 'EPERM' || (user !== 0 && look().uid !== BigInt(user))) throw error;
  }
}
