import { fstatSync } from 'node:fs';
import { constants } from 'node:os';
import { getSystemErrorName } from 'node:util';
import { getAttributeSync, listAttributesSync, removeAttributeSync, setAttributeSync } from 'fs-xattr';
import { fromText, toBytes } from '../model/bytes.js';
import { errnoOf } from '../model/errors.js';
import { limits } from '../model/limits.js';
import {
  ACCESS_ACL,
  DEFAULT_ACL,
  isMirrored,
  isPrivileged,
  NO_XATTRS,
  packXattrs,
  unpackXattrs,
  type Xattr,
  type Xattrs,
  xattrBytes,
} from '../model/xattrs.js';

/**
 * Extended attributes of the inode that a descriptor names; one opened with O_PATH will do, so that no symlink is followed
 * and names may be any bytes. Attribute names are UTF-8 here: fs-xattr knows no others. Errors are the operating system's own.
 */

export interface XattrReading {
  readonly xattrs: Xattrs;
  /** How many are left out: too large together, not readable by this user, or with a name that is no UTF-8. */
  readonly leftOut: number;
}

/** Of a file system that has no extended attributes. */
const UNSUPPORTED = 'unsupported';

const IS_ROOT = process.geteuid?.() === 0;

const TRIES_MAX = 3;

/** What a target says that has no room, no right or no sense for an attribute. */
const REFUSALS = new Set(['ENOTSUP', 'EOPNOTSUPP', 'EPERM', 'EACCES', 'ENOSPC', 'EDQUOT', 'E2BIG', 'ERANGE', 'EINVAL']);

/** The mirrored attributes that this process may read. */
export function readXattrs(fd: number): XattrReading | typeof UNSUPPORTED {
  for (let tries = 1; ; tries++) {
    const names = listNames(inodePath(fd));
    if (names === UNSUPPORTED) return UNSUPPORTED;
    if (names.length === 0) return { xattrs: NO_XATTRS, leftOut: 0 };
    // A value that is cut while it is read would come with what else lay in memory.
    const { ctimeNs } = fstatSync(fd, { bigint: true });
    const reading = readNamed(inodePath(fd), names);
    if (tries === TRIES_MAX || fstatSync(fd, { bigint: true }).ctimeNs === ctimeNs) return reading;
  }
}

function readNamed(inode: string, names: readonly string[]): XattrReading {
  const read: Xattr[] = [];
  let leftOut = 0;
  let bytes = 0;
  for (const name of names) {
    const xattr = readOne(inode, name);
    if (xattr !== null && bytes + xattrBytes(xattr) <= limits.xattrsMaxBytes) {
      read.push(xattr);
      bytes += xattrBytes(xattr);
    } else leftOut++;
  }
  return { xattrs: packXattrs(read), leftOut };
}

/** What is to be done to an inode for it to have the wanted attributes and no other mirrored ones. */
export interface XattrChanges {
  readonly remove: readonly string[];
  readonly set: readonly Xattr[];
  /** Set after the mode, whose bits it holds; null where there is none to be set. */
  readonly accessAcl: Xattr | null;
}

const NO_CHANGES: XattrChanges = { remove: [], set: [], accessAcl: null };

/** `isNew`: the inode has no attributes yet, and is not asked for them. */
export function xattrChanges(fd: number, wanted: Xattrs, isNew: boolean): XattrChanges {
  if (isNew && wanted === '') return NO_CHANGES;
  const there = isNew ? [] : readForChange(fd);
  const before = new Map(there.map(({ name, value }) => [name, value]));
  const wantedNow = unpackXattrs(wanted);
  const names = new Set(wantedNow.map(({ name }) => name));
  const set = wantedNow.filter(({ name, value }) => before.get(name)?.equals(value) !== true);
  return {
    remove: there.flatMap(({ name }) => (names.has(name) ? [] : [name])),
    set: set.filter(({ name }) => name !== ACCESS_ACL),
    accessAcl: set.find(({ name }) => name === ACCESS_ACL) ?? null,
  };
}

/** All but the access ACL. What the target cannot hold is passed over. */
export function applyXattrChanges(fd: number, { remove, set }: XattrChanges): void {
  const inode = inodePath(fd);
  for (const name of remove) tolerate(() => removeAttributeSync(inode, textOf(name)));
  for (const xattr of set) setXattr(fd, xattr);
}

export function setXattr(fd: number, { name, value }: Xattr): void {
  tolerate(() => setAttributeSync(inodePath(fd), textOf(name), value));
}

export function hasChanges({ remove, set, accessAcl }: XattrChanges): boolean {
  return remove.length > 0 || set.length > 0 || accessAcl !== null;
}

/** New entries of this directory get no ACL from it. */
export function dropDefaultAcl(fd: number): void {
  tolerate(() => removeAttributeSync(inodePath(fd), DEFAULT_ACL));
}

function readForChange(fd: number): Xattr[] {
  const inode = inodePath(fd);
  const names = listNames(inode);
  if (names === UNSUPPORTED) return [];
  // One that cannot be read is there all the same, and has not the wanted value.
  return names.map((name) => readOne(inode, name) ?? { name, value: Buffer.alloc(0) });
}

function listNames(inode: string): string[] | typeof UNSUPPORTED {
  try {
    const names = listAttributesSync(inode).map(fromText);
    return names.filter((name) => isMirrored(name) && (IS_ROOT || !isPrivileged(name)));
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOTSUP' || code === 'EOPNOTSUPP') return UNSUPPORTED;
    throw withCode(error);
  }
}

/** Null for one that cannot be read. */
function readOne(inode: string, name: string): Xattr | null {
  try {
    const value = getAttributeSync(inode, textOf(name));
    return { name, value };
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENODATA' || REFUSALS.has(code)) return null;
    throw withCode(error);
  }
}

function tolerate(work: () => void): void {
  try {
    work();
  } catch (error) {
    const code = codeOf(error);
    if (code !== 'ENODATA' && !REFUSALS.has(code)) throw withCode(error);
  }
}

/** fs-xattr names the common errors only; the number is always there. */
function codeOf(error: unknown): string {
  const code = errnoOf(error);
  if (code !== undefined && code !== '') return code;
  const errno = error instanceof Error && 'errno' in error && typeof error.errno === 'number' ? error.errno : constants.errno.EIO;
  return getSystemErrorName(-Math.abs(errno));
}

function withCode(error: unknown): unknown {
  return error instanceof Error ? Object.assign(error, { code: codeOf(error) }) : error;
}

function textOf(name: string): string {
  return toBytes(name).toString('utf8');
}

function inodePath(fd: number): string {
  return `/proc/self/fd/${fd}`;
}
