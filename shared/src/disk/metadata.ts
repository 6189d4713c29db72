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
import { inodeNumber } from './seen.js';
import { applyXattrChanges, hasChanges, setXattr, xattrChanges } from './xattrs.js';

/** A descriptor that only names an inode; open(2) calls it O_PATH, and Node has no constant for it. */
const O_PATH = 0o10000000;

export interface MetadataOptions {
  /** False leaves the owner as it is. A process that is not root is allowed to fail at it. */
  readonly chown: boolean;
  /** Made just now, with no extended attributes: it is not asked for them. */
  readonly isNew: boolean;
}

/**
 * Gives the entry at `place` its owner, extended attributes, mode and modification time, in the order in which none undoes
 * another: chown clears setuid bits and capabilities, only who may write to a file may set its attributes, the mode is part
 * of an ACL, and nothing after the time may touch the entry. Attributes that the file system cannot hold are passed over.
 * A symlink keeps its mode, which means nothing, and none is ever followed. Errors are the operating system's own.
 */
export function applyMetadata(place: Buffer, kind: Kind, meta: Metadata, { chown, isNew }: MetadataOptions): void {
  if (chown) changeOwner(meta, (uid, gid) => lchownSync(place, uid, gid));
  const isBare = kind === 'symlink' && (isNew || process.geteuid?.() !== 0) && meta.xattrs === '';
  if (!isBare) withInode(place, (fd) => applyToInode(fd, kind, meta, isNew));
  setModificationTime(place, meta.mtimeUs);
}

function applyToInode(fd: number, kind: Kind, { mode, xattrs }: Metadata, isNew: boolean): void {
  const changes = xattrChanges(fd, xattrs, isNew);
  const chmod = (bits: number): void => {
    if (kind !== 'symlink') changeModeOf(fd, bits);
  };
  if (!isNew && hasChanges(changes) && process.geteuid?.() !== 0) chmod(mode | 0o700);
  applyXattrChanges(fd, changes);
  chmod(mode);
  if (changes.accessAcl !== null) setXattr(fd, changes.accessAcl);
}

/**
 * As `applyMetadata`, of an open new file and all but its time. What the file has already is not set again.
 * @returns the file's inode number
 */
export function applyAttributes(fd: number, meta: Metadata, options: { readonly chown: boolean }): bigint {
  const now = fstatSync(fd, { bigint: true });
  const isOwned = Number(now.uid) === meta.uid && Number(now.gid) === meta.gid;
  if (options.chown && !isOwned) changeOwner(meta, (uid, gid) => fchownSync(fd, uid, gid));
  const changes = xattrChanges(fd, meta.xattrs, true);
  applyXattrChanges(fd, changes);
  if ((Number(now.mode) & 0o7777) !== meta.mode)
    unlessNotHeld(
      () => now,
      () => fchmodSync(fd, meta.mode),
    );
  if (changes.accessAcl !== null) setXattr(fd, changes.accessAcl);
  return inodeNumber(now);
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

/** As chmod, of what is at the place itself. */
export function changeMode(place: Buffer, mode: number): void {
  withInode(place, (fd) => changeModeOf(fd, mode));
}

function changeModeOf(fd: number, mode: number): void {
  unlessNotHeld(
    () => fstatSync(fd, { bigint: true }),
    () => chmodSync(`/proc/self/fd/${fd}`, mode),
  );
}

/** What follows symlinks goes through a descriptor of the inode, which a swapped name cannot redirect. */
export function withInode<T>(place: Buffer, work: (fd: number) => T): T {
  const fd = openSync(place, O_PATH | constants.O_NOFOLLOW);
  try {
    return work(fd);
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
