import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { averageFor } from '../delta/average.js';
import type { ChunkHasher } from '../delta/chunk-hasher.js';
import { packChunks } from '../delta/chunk-list.js';
import type { Content } from '../model/entry.js';
import { errnoOf } from '../model/errors.js';
import { limits } from '../model/limits.js';
import type { Seen } from '../model/seen.js';
import { hashBytes, Xxh3 } from '../model/xxh3.js';
import { dropPages } from './page-cache.js';
import { kindOfMode, seenFromStats } from './seen.js';

/**
 * A file that was read to its end. `before` and `after` are what the opened file's own stat said around the reading,
 * with the plain device number; where they differ, the bytes may be a mixture. `startedMs` (since the epoch) is the
 * moment before both.
 */
export interface Hashed {
  readonly content: Content;
  /** The packed chunk list (delta/chunk-list.ts) of the content; null for a file below `limits.chunkedSizeMinBytes`. */
  readonly chunks: Buffer | null;
  readonly before: Seen;
  readonly after: Seen;
  readonly startedMs: number;
}

type Read = Pick<Hashed, 'content' | 'chunks'>;

/**
 * `error` is an errno name. `ESTALE` stands for a name that is no regular file any more, `ECANCELED` for a reading that
 * was stopped.
 */
export interface HashFailed {
  readonly error: string;
}

export type HashResult = Hashed | HashFailed;

const READ = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

export interface Reading {
  /** Of the chunk list of the file's previous version (see `averageFor`); null where it has none. */
  readonly previousAverageBytes: number | null;
  /** Whether what the kernel holds in memory of the file is to count for nothing. */
  readonly fromDisk: boolean;
  /** Asked once per buffer. */
  readonly cancelled: () => boolean;
}

/**
 * Hashes one file of any size through the hasher's buffer, and its chunks with it, following no symlink, and without
 * touching its access time where the kernel allows that.
 */
export function hashFile(path: Buffer, hasher: ChunkHasher, reading: Reading): HashResult {
  try {
    const startedMs = Date.now();
    const fd = openForReading(path);
    try {
      const before = statOf(fd);
      if (kindOfMode(before.mode) !== 'file') return { error: 'ESTALE' };
      if (reading.fromDisk) dropPages(fd);
      const read = readContent(fd, Number(before.sizeBytes), hasher, reading);
      if (read === null) return { error: 'ECANCELED' };
      // Not `...read`: a spread takes longer than all else that is done here for a small file.
      return { content: read.content, chunks: read.chunks, before, after: statOf(fd), startedMs };
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
export function openForReading(path: Buffer): number {
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
function readContent(fd: number, expectedBytes: number, hasher: ChunkHasher, reading: Reading): Read | null {
  const { buffer } = hasher;
  const isChunked = expectedBytes >= limits.chunkedSizeMinBytes;
  const first = expectedBytes === 0 ? 0 : readSync(fd, buffer, 0, buffer.length, null);
  if (!isChunked && first >= expectedBytes) return { content: contentOf(buffer.subarray(0, first)), chunks: null };
  if (isChunked) hasher.start(averageFor(expectedBytes, reading.previousAverageBytes));
  const hash = new Xxh3();
  let sizeBytes = first;
  for (let got = first; got > 0; ) {
    hash.update(buffer.subarray(0, got));
    if (isChunked) hasher.update(got);
    if (sizeBytes >= expectedBytes) break;
    if (reading.cancelled()) return null;
    got = readSync(fd, buffer, 0, buffer.length, null);
    sizeBytes += got;
  }
  return { content: { hash: hash.digest(), sizeBytes }, chunks: isChunked ? packChunks(hasher.finish()) : null };
}

function contentOf(bytes: Buffer): Content {
  return { hash: hashBytes(bytes), sizeBytes: bytes.length };
}
