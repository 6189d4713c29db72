import { lstatSync, readdirSync, realpathSync, statfsSync, statSync } from 'node:fs';
import { display, toBytes } from '../model/bytes.js';
import { fromSystemError } from '../model/errors.js';
import { type BytePath, pathBytes } from './byte-path.js';
import { isSharedType, type Mount, mountAt, mountOf, mountsUnder, parseMounts, sharedAmong, typeOfMagic } from './mounts.js';
import { readProc } from './proc.js';

const BY_UUID = '/dev/disk/by-uuid';

/**
 * A name for the file system that holds `path`, which stays the same when the disk is plugged in elsewhere or mounted
 * again: `uuid:…` where the system knows the device's UUID, else `type:source` as in /proc/self/mountinfo
 * (`nfs4:nas:/photos`, `zfs:tank/photos`), else, in a chroot, what its root is known by.
 * @throws BtsootError when there is nothing at `path`.
 */
export function fileSystemIdentity(path: BytePath): string {
  const mount = mountHolding(path);
  const uuid = uuidOf(mount);
  if (uuid !== null) return `uuid:${uuid}`;
  return mount.id === CHROOT_ID ? rootIdentity() : `${mount.type}:${display(mount.source)}`;
}

/**
 * A text that is another one when something was mounted or unmounted somewhere below `path`, of which the folders on the way
 * know nothing. @throws BtsootError when there is nothing at `path`.
 */
export function mountsBelow(path: BytePath): string {
  return JSON.stringify(mountsUnder(realPath(path), mounts()).map(({ id, point }) => [id, point]));
}

/** Where something is mounted below `path`: absolute byte strings. @throws BtsootError when there is nothing at `path`. */
export function mountPointsBelow(path: BytePath): string[] {
  return mountsUnder(realPath(path), mounts()).map(({ point }) => point);
}

/** The number of the block device whose file system holds `path`; null where there is none, or it is not known. */
export function deviceUnder(path: BytePath): bigint | null {
  return deviceOf(mountHolding(path));
}

/** Whether a file system is mounted at exactly this path, symlinks on the way to it followed. */
export function isMountPoint(path: BytePath): boolean {
  return mountAt(realPath(path), mounts()) !== undefined;
}

/** Whether others may write to the file system that holds `path` without this machine's kernel being told. */
export function isShared(path: BytePath): boolean {
  return isSharedType(mountHolding(path).type);
}

/** The mounts at and below `path` to which others may write without this machine's kernel being told. */
export function sharedMounts(path: BytePath): Mount[] {
  return sharedAmong(realPath(path), mounts());
}

/** The type of the file system that holds `path`, as /proc/self/mountinfo names it: `ext4`, `vfat`, `nfs4`. */
export function fileSystemType(path: BytePath): string {
  return mountHolding(path).type;
}

/** How many more entries the file system that holds `path` has room for, and for how many in all; 0 and 0 where it does not count them. */
export function inodeSpace(path: BytePath): { readonly free: number; readonly total: number } {
  try {
    const { files, ffree } = statfsSync(pathBytes(path));
    return { free: ffree, total: files };
  } catch (error) {
    throw fromSystemError(error, `cannot ask for the free inodes at ${shown(path)}`);
  }
}

/** Bytes that a plain user may still write to the file system that holds `path`. */
export function freeBytes(path: BytePath): number {
  return diskSpace(path).freeBytes;
}

export interface DiskSpace {
  /** What a plain user may still write. */
  readonly freeBytes: number;
  readonly totalBytes: number;
}

/** Of the file system that holds `path`. */
export function diskSpace(path: BytePath): DiskSpace {
  try {
    const { bavail, blocks, bsize } = statfsSync(pathBytes(path), { bigint: true });
    return { freeBytes: Number(bavail * bsize), totalBytes: Number(blocks * bsize) };
  } catch (error) {
    throw fromSystemError(error, `cannot ask for the free space at ${shown(path)}`);
  }
}

/** The root of a chroot may be a plain folder, of which the table of mounts says nothing. */
function mounts(): Mount[] {
  const known = parseMounts(readProc('/proc/self/mountinfo'));
  if (mountAt('/', known) !== undefined) return known;
  return [{ id: CHROOT_ID, point: '/', type: typeOfMagic(statfsSync('/').type), source: '' }, ...known];
}

const CHROOT_ID = 'chroot';

/** There is one for each path. */
function mountHolding(path: BytePath): Mount {
  return mountOf(realPath(path), mounts()) as Mount;
}

function realPath(path: BytePath): string {
  try {
    return realpathSync(pathBytes(path), 'latin1');
  } catch (error) {
    throw fromSystemError(error, `cannot find ${shown(path)}`);
  }
}

function deviceOf(mount: Mount): bigint | null {
  return mount.id === CHROOT_ID ? statSync('/', { bigint: true }).dev : blockDevice(toBytes(mount.source));
}

/** Device numbers of file systems without a disk change from boot to boot; the inode and birth of a folder that is no mount point do not. */
function rootIdentity(): string {
  const { ino, birthtimeNs } = statSync('/', { bigint: true });
  return `root:${ino}:${birthtimeNs}`;
}

/** By device number rather than by name: the source may be a mapper's alias or `/dev/root`. */
function uuidOf(mount: Mount): string | null {
  const device = deviceOf(mount);
  if (device === null) return null;
  for (const uuid of listUuids()) if (blockDevice(Buffer.from(`${BY_UUID}/${uuid}`)) === device) return uuid;
  return null;
}

function blockDevice(path: Buffer): bigint | null {
  const stats = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stats?.isBlockDevice() === true ? stats.rdev : null;
}

function listUuids(): string[] {
  if (lstatSync(BY_UUID, { throwIfNoEntry: false }) === undefined) return [];
  return readdirSync(BY_UUID).sort();
}

function shown(path: BytePath): string {
  return display(typeof path === 'string' ? path : path.toString('latin1'));
}
