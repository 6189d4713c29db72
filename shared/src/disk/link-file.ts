import { createHash } from 'node:crypto';
import { closeSync, constants, openSync } from 'node:fs';
import { byteString, type LinkTarget, toBytes } from '../model/bytes.js';
import { readAt } from './read-at.js';

/**
 * A symlink as a regular file, for file systems that have none: the format of Minshall and French, which `mount -t cifs -o
 * mfsymlinks` reads as a symlink. `XSym`, the target's length in four digits, the MD5 of the target in hexadecimal, each
 * on a line; then the target, and where there is room a line feed and blanks.
 */
export const LINK_FILE_BYTES = 1067;

const HEADER_BYTES = 43;
const TARGET_MAX_BYTES = LINK_FILE_BYTES - HEADER_BYTES;

/** Null for a target of more than 1,024 bytes: it does not fit. */
export function encodeLinkFile(target: LinkTarget): Buffer | null {
  const bytes = toBytes(target);
  if (bytes.length > TARGET_MAX_BYTES) return null;
  const file = Buffer.alloc(LINK_FILE_BYTES, ' ');
  file.write(`XSym\n${String(bytes.length).padStart(4, '0')}\n${md5(bytes)}\n`, 'latin1');
  bytes.copy(file, HEADER_BYTES);
  if (bytes.length < TARGET_MAX_BYTES) file.write('\n', HEADER_BYTES + bytes.length);
  return file;
}

/** The target that the file stands for; null where it is no such file, to the last byte. */
export function decodeLinkFile(file: Buffer): LinkTarget | null {
  const header = /^XSym\n(\d{4})\n[0-9a-f]{32}\n$/.exec(file.toString('latin1', 0, HEADER_BYTES));
  const lengthBytes = Number(header?.[1] ?? TARGET_MAX_BYTES + 1);
  if (file.length !== LINK_FILE_BYTES || lengthBytes === 0 || lengthBytes > TARGET_MAX_BYTES) return null;
  const target = byteString(file.subarray(HEADER_BYTES, HEADER_BYTES + lengthBytes));
  return !target.includes('\0') && encodeLinkFile(target)?.equals(file) === true ? target : null;
}

/** As `decodeLinkFile`, of a regular file of that size. Errors are the operating system's own. */
export function readLinkFile(place: Buffer): LinkTarget | null {
  const fd = openSync(place, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const file = Buffer.alloc(LINK_FILE_BYTES + 1);
    return decodeLinkFile(file.subarray(0, readAt(fd, file, 0)));
  } finally {
    closeSync(fd);
  }
}

function md5(bytes: Buffer): string {
  return createHash('md5').update(bytes).digest('hex');
}
