import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, constants, fchmodSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { display } from '../model/bytes.js';
import { fromSystemError } from '../model/errors.js';
import { type BytePath, pathBytes } from './byte-path.js';

/**
 * Makes everything written to the file system that holds `directory` durable, with one syncfs(2), which `sync -f` calls.
 * Where that command is missing or fails, each of `files` is fsynced instead, which is slower and as good for them.
 * @throws BtsootError of kind `io` or `no-space` when the disk refuses.
 */
export async function syncFileSystem(directory: BytePath, files: Iterable<Buffer>): Promise<void> {
  if (await runSync(pathBytes(directory))) return;
  for (const file of files) await fsyncFile(file);
}

const FSYNCS_BEFORE_SYNCFS = 16;

/**
 * Makes renames, new names and removals in several directories durable before it returns. Few directories get an fsync
 * each; for many, one syncfs of the file system that holds `directory` costs less.
 * @param descriptors opens each directory, or finds it open.
 */
export function fsyncDirectories(directory: BytePath, descriptors: readonly (() => number)[]): void {
  if (descriptors.length > FSYNCS_BEFORE_SYNCFS && runSyncNow(pathBytes(directory))) return;
  for (const descriptor of descriptors) fsyncSync(descriptor());
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

/**
 * Replaces or creates a file: whoever reads it finds the old bytes or the new ones, after a power cut too. A temporary
 * file beside it is gone afterwards, unless the power went off in between.
 * @throws BtsootError of kind `io` or `no-space`; the old file is then as it was.
 */
export function writeFileAtomic(path: BytePath, data: string | Uint8Array, mode: number): void {
  const target = pathBytes(path);
  const temporary = Buffer.concat([target, Buffer.from(`.${randomBytes(6).toString('hex')}.tmp`)]);
  try {
    writeDurably(temporary, data, mode);
    renameSync(temporary, target);
    fsyncDirectory(parentOf(target));
  } catch (error) {
    rmSync(temporary, { force: true });
    throw fromSystemError(error, `cannot write ${display(target.toString('latin1'))}`);
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
    const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
    await file.sync().finally(() => file.close());
  } catch (error) {
    throw fromSystemError(error, `cannot make ${display(path.toString('latin1'))} durable`);
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
