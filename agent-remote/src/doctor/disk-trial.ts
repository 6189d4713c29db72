import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { limits } from '@btsoot/shared/model/limits.js';
import type { DiskTrial } from './root-rules.js';

const PIECE_BYTES = 256 * 1024;

/** Writes some megabytes into a folder, makes them durable, reads them again, and removes them. A slow disk is given up early. */
export function tryDisk(home: string, bytes: number = limits.doctorDiskBytes, maxMs: number = limits.doctorDiskMaxMs): DiskTrial {
  const folder = mkdtempSync(join(home, 'doctor-'));
  try {
    const fd = openSync(join(folder, 'trial'), 'wx+', 0o600);
    try {
      return tryFile(fd, bytes, maxMs);
    } finally {
      closeSync(fd);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
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
