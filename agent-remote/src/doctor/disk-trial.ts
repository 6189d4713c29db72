import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { limits } from '@btsoot/shared/model/limits.js';
import type { DiskTrial } from './root-rules.js';

const PIECE_BYTES = 256 * 1024;

/** What a doctor that was killed in one moment leaves, and the next one takes. */
const NAME = 'doctor.trial';

/** Whether a disk with so much free may be written to for a trial. */
export function isRoomForTrial(freeBytes: number): boolean {
  return freeBytes >= limits.doctorDiskFreeMinBytes;
}

/** Writes some megabytes into a file without a name, makes them durable, and reads them again. A slow disk is given up early. */
export function tryDisk(home: string, bytes: number = limits.doctorDiskBytes, maxMs: number = limits.doctorDiskMaxMs): DiskTrial {
  const file = join(home, NAME);
  const fd = openSync(file, 'w+', 0o600);
  try {
    rmSync(file);
    return tryFile(fd, bytes, maxMs);
  } finally {
    closeSync(fd);
  }
}

function tryFile(fd: number, bytes: number, maxMs: number): DiskTrial {
  const piece = randomBytes(PIECE_BYTES);
  const startMs = performance.now();
  let written = 0;
  // Each piece is waited for: else all of a slow disk's time would be in one call that nobody can end.
  while (written < bytes && performance.now() - startMs < maxMs) {
    written += writeSync(fd, piece, 0, Math.min(PIECE_BYTES, bytes - written), written);
    fsyncSync(fd);
  }
  const writeMs = performance.now() - startMs;
  return { bytes: written, writeMs, isSame: isSame(fd, piece, written) };
}

function isSame(fd: number, piece: Buffer, bytes: number): boolean {
  const read = Buffer.alloc(PIECE_BYTES);
  for (let at = 0; at < bytes; at += PIECE_BYTES) {
    const length = readSync(fd, read, 0, Math.min(PIECE_BYTES, bytes - at), at);
    if (!read.subarray(0, length).equals(piece.subarray(0, Math.min(PIECE_BYTES, bytes - at)))) return false;
  }
  return true;
}
