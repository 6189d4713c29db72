import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  fchmodSync,
  fsyncSync,
  lstatSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { display } from '../model/bytes.js';
import { errnoOf, fromSystemError } from '../model/errors.js';
import { isInUserSpace } from '../model/file-system-type.js';
import { type BytePath, pathBytes } from './byte-path.js';
import { changeMode } from './metadata.js';

/** Node has four threads for such calls. */
const FSYNCS_AT_ONCE = 4;

/**
 * Makes everything written to the file system that holds `directory` durable, with one syncfs(2), which `sync -f` calls.
 * Where that command is missing or fails, and where the kernel does not pass the call on, each of `files` is fsynced
 * instead, which is slower and as good for them.
 * @throws BtsootError of kind `io` or `no-space` when the disk refuses.
 */
export async function syncFileSystem(directory: BytePath, files: Iterable<Buffer>): Promise<void> {
  if (passesSyncOn(directory) && (await runSync(pathBytes(directory)))) return;
  const left = [...files].values();
  const fsyncThem = async (): Promise<void> => {
    for (const file of left) await fsyncFile(file);
  };
  const ends = await Promise.allSettled(Array.from({ length: FSYNCS_AT_ONCE }, fsyncThem));
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
  // A symlink, a FIFO or a device is not opened, and comes along with its name.
  fsyncDirectory(directory);
}

/**
 * Of a file system in user space, the kernel takes syncfs(2) for done and tells nobody, but for virtiofs and, since Linux 6.18,
 * for those on a block device, of which few answer it. An fsync(2) is passed on.
 */
function passesSyncOn(directory: BytePath): boolean {
  return !isInUserSpace(statfsSync(pathBytes(directory), { bigint: true }).type);
}

const FSYNCS_BEFORE_SYNCFS = 16;

/**
 * Makes renames, new names and removals in several directories durable before it returns. Few directories get an fsync
 * each; for many, one syncfs of the file system that holds `directory` costs less.
 * @param descriptors opens each directory, or finds it open.
 */
export function fsyncDirectories(directory: BytePath, descriptors: readonly (() => number)[]): void {
  const areMany = descriptors.length > FSYNCS_BEFORE_SYNCFS;
  if (areMany && passesSyncOn(directory) && runSyncNow(pathBytes(directory))) return;
  for (const descriptor of descriptors) fsyncSync(descriptor());
}

/**
 * Makes what the inodes of files say (mode, owner, times) durable before it returns. Few get an fsync each; many, and what
 * cannot be opened, as symlinks and devices, one syncfs of the file system that holds `directory`.
 * @param places gives each file's path
 */
export function fsyncInodes(directory: BytePath, places: readonly (() => Buffer)[]): void {
  const areFew = places.length <= FSYNCS_BEFORE_SYNCFS;
  if (areFew && places.every(fsyncIfOpened)) return;
  if (passesSyncOn(directory) && runSyncNow(pathBytes(directory))) return;
  for (const place of places) fsyncIfOpened(place);
}

/** A FIFO would wait for its other end, and a device may do something when it is opened. */
function mayBeOpened(path: Buffer): boolean {
  const stats = lstatSync(path);
  return stats.isFile() || stats.isDirectory();
}

function fsyncIfOpened(place: () => Buffer): boolean {
  let fd: number;
  try {
    const path = place();
    if (!mayBeOpened(path)) return false;
    fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch {
    return false;
  }
  try {
    fsyncSync(fd);
    return true;
  } finally {
    closeSync(fd);
  }
}

/** Makes renames, new names and removals in a directory durable. Takes a path or an open descriptor. */
export function fsyncDirectory(directory: BytePath | number): void {
  if (typeof directory === 'number') {
    fsyncSync(directory);
    return;
  }
  const fd = openSync(pathBytes(directory), constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** Longer than it takes to write one. */
const TEMPORARY_AGE_MAX_MS = 60 * 60 * 1000;

/**
 * Replaces or creates a file: whoever reads it finds the old bytes or the new ones, after a power cut too. A temporary
 * file beside it is gone afterwards, unless the process died in between: then a later call removes it.
 * @throws BtsootError of kind `io` or `no-space`; the old file is then as it was.
 */
export function writeFileAtomic(path: BytePath, data: string | Uint8Array, mode: number): void {
  const target = pathBytes(path);
  const temporary = Buffer.concat([target, Buffer.from(`.${randomBytes(6).toString('hex')}.tmp`)]);
  try {
    writeDurably(temporary, data, mode);
    renameSync(temporary, target);
    fsyncDirectory(parentOf(target));
    removeOldTemporaries(target);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw fromSystemError(error, `cannot write ${display(target.toString('latin1'))}`);
  }
}

/** Those of writers who may be at it now stay. */
function removeOldTemporaries(target: Buffer): void {
  const name = target.subarray(target.lastIndexOf('/') + 1).toString('latin1');
  for (const other of readdirSync(parentOf(target), 'latin1')) {
    if (!other.startsWith(`${name}.`) || !/^\.[0-9a-f]{12}\.tmp$/.test(other.slice(name.length))) continue;
    const path = Buffer.concat([parentOf(target), Buffer.from(`/${other}`, 'latin1')]);
    const seen = lstatSync(path, { throwIfNoEntry: false });
    if (seen !== undefined && Date.now() - seen.mtimeMs > TEMPORARY_AGE_MAX_MS) rmSync(path, { force: true });
  }
}

function writeDurably(path: Buffer, data: string | Uint8Array, mode: number): void {
  const fd = openSync(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW, 0o600);
  try {
    writeFileSync(fd, data);
    fchmodSync(fd, mode);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

function parentOf(path: Buffer): Buffer {
  const slash = path.lastIndexOf('/');
  return slash < 0 ? Buffer.from('.') : path.subarray(0, Math.max(slash, 1));
}

async function fsyncFile(path: Buffer): Promise<void> {
  try {
    if (!mayBeOpened(path)) return;
    const file = await openToSync(path);
    await file.sync().finally(() => file.close());
  } catch (error) {
    throw fromSystemError(error, `cannot make ${display(path.toString('latin1'))} durable`);
  }
}

/** A file's owner who may not read it lets himself for a moment. */
async function openToSync(path: Buffer): Promise<FileHandle> {
  const openIt = () => open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    return await openIt();
  } catch (error) {
    if (errnoOf(error) !== 'EACCES') throw error;
    const { mode } = lstatSync(path);
    changeMode(path, mode | 0o400);
    return await openIt().finally(() => changeMode(path, mode));
  }
}

/** Whether `sync -f` did it. The directory goes as a descriptor: an argument could not carry every byte of its path. */
async function runSync(directory: Buffer): Promise<boolean> {
  const fd = openSync(directory, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    return await new Promise<boolean>((resolve) => {
      const child = spawn('sync', ['-f', '/proc/self/fd/3'], { stdio: ['ignore', 'ignore', 'ignore', fd] });
      child.once('error', () => resolve(false));
      child.once('exit', (code) => resolve(code === 0));
    });
  } finally {
    closeSync(fd);
  }
}

function runSyncNow(directory: Buffer): boolean {
  const fd = openSync(directory, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    return spawnSync('sync', ['-f', '/proc/self/fd/3'], { stdio: ['ignore', 'ignore', 'ignore', fd] }).status === 0;
  } finally {
    closeSync(fd);
  }
}
