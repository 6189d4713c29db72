import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import type { Content } from '../model/entry.js';
import { errnoOf } from '../model/errors.js';
import type { Seen } from '../model/seen.js';
import { hashBytes, Xxh3 } from '../model/xxh3.js';
import { kindOfMode, seenFromStats } from './seen.js';

/**
 * A file that was read to its end. `before` and `after` are what the opened file's own stat said around the reading,
 * with the plain device number; where they differ, the bytes may be a mixture. `startedMs` (since the epoch) is the
 * moment before both.
 */
export interface Hashed {
  readonly content: Content;
  readonly before: Seen;
  readonly after: Seen;
  readonly startedMs: number;
}

/**
 * `error` is an errno name. `ESTALE` stands for a name that is no regular file any more, `ECANCELED` for a reading that
 * was stopped.
 */
export interface HashFailed {
  readonly error: string;
}

export type HashResult = Hashed | HashFailed;

const READ = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/**
 * Hashes one file of any size through `buffer`, following no symlink, and without touching its access time where the
 * kernel allows that. `cancelled` is asked once per buffer.
 */
export function hashFile(path: Buffer, buffer: Buffer, cancelled: () => boolean): HashResult {
  try {
    const startedMs = Date.now();
    const fd = openForReading(path);
    try {
      const before = statOf(fd);
      if (kindOfMode(before.mode) !== 'file') return { error: 'ESTALE' };
      const content = read(fd, Number(before.sizeBytes), buffer, cancelled);
      return content === null ? { error: 'ECANCELED' } : { content, before, after: statOf(fd), startedMs };
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    const code = errnoOf(error);
    if (code === undefined) throw error;
    return { error: code };
  }
}

/** O_NONBLOCK, because what was a file may be a FIFO by now; O_NOATIME is for the owner and for root alone. */
function openForReading(path: Buffer): number {
  try {
    return openSync(path, READ | constants.O_NOATIME);
  } catch (error) {
    if (errnoOf(error) !== 'EPERM') throw error;
    return openSync(path, READ);
  }
}

function statOf(fd: number): Seen {
  return seenFromStats(fstatSync(fd, { bigint: true }), -1n);
}

/** Reads to the expected size: a file that has grown past it is told by its stat afterwards. */
function read(fd: number, expectedBytes: number, buffer: Buffer, cancelled: () => boolean): Content | null {
  const first = expectedBytes === 0 ? 0 : readSync(fd, buffer, 0, buffer.length, null);
  if (first >= expectedBytes) return { hash: hashBytes(buffer.subarray(0, first)), sizeBytes: first };
  const hash = new Xxh3();
  let sizeBytes = first;
  for (let got = first; got > 0; ) {
    hash.update(buffer.subarray(0, got));
    if (sizeBytes >= expectedBytes) break;
    if (cancelled()) return null;
    got = readSync(fd, buffer, 0, buffer.length, null);
    sizeBytes += got;
  }
  return { hash: hash.digest(), sizeBytes };
}
