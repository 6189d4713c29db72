import { closeSync, constants, fdatasyncSync, fstatSync, fsyncSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { applyMetadata, makeWritable } from '../disk/metadata.js';
import { readAt } from '../disk/read-at.js';
import type { Metadata } from '../model/entry.js';
import { BtsootError, errnoOf } from '../model/errors.js';
import type { PatchFile } from './patch-file.js';

const PIECE_BYTES = 64 * 1024;
const ZEROS = Buffer.alloc(PIECE_BYTES);
/** What file systems allocate by. */
const BLOCK_BYTES = 4096;

type Write = (fd: number, bytes: Buffer, position: number) => void;

export interface Patching {
  /** The file, reached safely; nothing follows a symlink there. */
  readonly place: Buffer;
  /** Opened when the undo file is: whatever is wrong with it, the old bytes can be put back. */
  readonly redo: () => PatchFile;
  readonly undo: PatchFile;
  readonly meta: Metadata;
  readonly oldMeta: Metadata;
  readonly chown: boolean;
}

/**
 * Brings a file from its old version to the new one where it is, durably. Done again after it was cut off at any point,
 * it does the same. Where it cannot be done, the file has its old bytes again and the error says why.
 * @throws BtsootError `corrupt` where the old bytes cannot be put back either: the file is a mixture, and must be done again
 */
export function patchInPlace(patching: Patching): void {
  const { place, redo, undo, meta, oldMeta, chown } = patching;
  const fd = openForWriting(place);
  try {
    try {
      bring(fd, redo(), write);
      finish(fd, place, meta, chown);
    } catch (error) {
      try {
        bring(fd, undo, writeWhatDiffers);
        finish(fd, place, oldMeta, chown);
      } catch {
        throw mixture(error);
      }
      throw withoutHarm(error);
    }
  } finally {
    closeSync(fd);
  }
}

function mixture(cause: unknown): BtsootError {
  return new BtsootError('corrupt', 'a file could be patched only in part, and its old bytes could not be put back', {
    hint: 'Is the disk failing? The next session tries again, and the old bytes are kept. Removing the file lets it go on without.',
    cause,
  });
}

/** A redo file that is damaged did none: it ends one step, and not the group. */
function withoutHarm(error: unknown): unknown {
  if (!(error instanceof BtsootError) || error.kind !== 'corrupt') return error;
  return new BtsootError('io', error.message, { cause: error });
}

/** What makes the file longer comes first: where the disk is full, nothing has been overwritten yet. */
function bring(fd: number, patch: PatchFile, put: Write): void {
  const { makes, over } = patch;
  const writeRanges = (from: number, to: number): void => eachPiece(patch, from, to, (piece, at) => put(fd, piece, at));
  if (makes.sizeBytes > over.sizeBytes) {
    writeRanges(over.sizeBytes, makes.sizeBytes);
    if (fstatSync(fd).size < makes.sizeBytes) ftruncateSync(fd, makes.sizeBytes);
    fdatasyncSync(fd);
  }
  writeRanges(0, Math.min(over.sizeBytes, makes.sizeBytes));
  if (fstatSync(fd).size !== makes.sizeBytes) ftruncateSync(fd, makes.sizeBytes);
}

/** Of the ranges, what lies between two positions. */
function eachPiece(patch: PatchFile, from: number, to: number, take: (piece: Buffer, position: number) => void): void {
  for (let index = 0; index < patch.rangeCount; index++) {
    const { start, end } = patch.range(index);
    const until = Math.min(end, to);
    for (let at = Math.max(start, from); at < until; at += PIECE_BYTES) {
      const piece = Buffer.alloc(Math.min(PIECE_BYTES, until - at));
      patch.overlay(piece, at);
      if (!isHole(piece, at, patch)) take(piece, at);
    }
  }
}

/** Behind the old end, what is not written is zeros. */
function isHole(piece: Buffer, at: number, { over }: PatchFile): boolean {
  return at >= over.sizeBytes && piece.equals(ZEROS.subarray(0, piece.length));
}

function write(fd: number, bytes: Buffer, position: number): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at, bytes.length - at, position + at);
}

/** A block that has its bytes is left alone: where the disk is full, a hole cannot be filled, not even with zeros. */
function writeWhatDiffers(fd: number, bytes: Buffer, position: number): void {
  const there = Buffer.alloc(bytes.length);
  const thereBytes = readAt(fd, there, position);
  for (let at = 0; at < bytes.length; ) {
    const end = Math.min(bytes.length, at + BLOCK_BYTES - ((position + at) % BLOCK_BYTES));
    const isSame = end <= thereBytes && there.compare(bytes, at, end, at, end) === 0;
    if (!isSame) write(fd, bytes.subarray(at, end), position + at);
    at = end;
  }
}

/** The time is set after the last write, and one sync is for all of it. */
function finish(fd: number, place: Buffer, meta: Metadata, chown: boolean): void {
  applyMetadata(place, 'file', meta, { chown, isNew: false });
  fsyncSync(fd);
}

/** A mirrored file may be read-only to its own owner. It has its mode from `finish`. */
function openForWriting(place: Buffer): number {
  const flags = constants.O_RDWR | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  try {
    return openSync(place, flags);
  } catch (error) {
    if (errnoOf(error) !== 'EACCES') throw error;
    makeWritable(place);
    return openSync(place, flags);
  }
}
