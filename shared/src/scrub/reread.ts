import { closeSync, fstatSync, read } from 'node:fs';
import { promisify } from 'node:util';
import { openForReading } from '../disk/hash-file.js';
import { dropPages } from '../disk/page-cache.js';
import { kindOfMode, seenFromStats } from '../disk/seen.js';
import type { Content } from '../model/entry.js';
import { errnoOf } from '../model/errors.js';
import { limits } from '../model/limits.js';
import type { Seen } from '../model/seen.js';
import { Xxh3 } from '../model/xxh3.js';

/** A file that was read to its end, between two stats with its plain device number; or an errno name, as of HashFailed. */
export type Reread = { readonly content: Content; readonly before: Seen; readonly after: Seen } | { readonly error: string };

const readInto = promisify(read);

/** What was read is dropped from memory in parts of so much: those who use the machine have more use for it. */
const DROP_BYTES = 8 * 1024 * 1024;

/**
 * Hashes a file as it is on the disk, in slices, off the event loop, in the memory of one slice. After each, `onSlice` is awaited: whoever is to
 * be let pass first makes it wait.
 */
export async function rereadGently(place: Buffer, onSlice: (bytes: number) => Promise<void>): Promise<Reread> {
  let fd: number;
  try {
    fd = openForReading(place);
  } catch (error) {
    return failure(error);
  }
  try {
    return await rereadOpen(fd, onSlice);
  } catch (error) {
    return failure(error);
  } finally {
    closeSync(fd);
  }
}

async function rereadOpen(fd: number, onSlice: (bytes: number) => Promise<void>): Promise<Reread> {
  const before = statOf(fd);
  if (kindOfMode(before.mode) !== 'file') return { error: 'ESTALE' };
  const hash = new Xxh3();
  const buffer = Buffer.allocUnsafeSlow(Math.max(1, Math.min(limits.frameSizeMaxBytes, Number(before.sizeBytes))));
  let sizeBytes = 0;
  let droppedBytes = 0;
  dropPages(fd);
  while (sizeBytes < Number(before.sizeBytes)) {
    const { bytesRead } = await readInto(fd, buffer, 0, buffer.length, sizeBytes);
    if (bytesRead === 0) break;
    hash.update(buffer.subarray(0, bytesRead));
    sizeBytes += bytesRead;
    if (sizeBytes - droppedBytes >= DROP_BYTES || sizeBytes >= Number(before.sizeBytes)) {
      dropPages(fd, droppedBytes, sizeBytes - droppedBytes);
      droppedBytes = sizeBytes;
    }
    await onSlice(bytesRead);
  }
  return { content: { hash: hash.digest(), sizeBytes }, before, after: statOf(fd) };
}

function statOf(fd: number): Seen {
  return seenFromStats(fstatSync(fd, { bigint: true }), -1n);
}

/** What somebody who waits has thrown is no failure of the file. */
function failure(error: unknown): Reread {
  const code = errnoOf(error);
  if (code === undefined || !code.startsWith('E')) throw error;
  return { error: code };
}
