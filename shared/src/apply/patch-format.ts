import { hashBytes } from '../model/xxh3.js';

/*
 * A patch file makes one content from another: the other one's bytes with some ranges overwritten, and its end cut off or
 * grown as the sizes say. As `redo` it brings a file's new version, as `undo` it keeps the way back to the old one.
 *
 *   the ranges' bytes, one after the other
 *   trailer: version; size and hash of the content made and of the content below; the number of ranges, and for each the
 *            gap before it and its length; XXH3-128 of each 64 KiB of the ranges' bytes
 *   footer:  the trailer's length (4 bytes, big-endian), its XXH3-128, and eight letters
 *
 * Numbers are varints. Nothing is read from such a file that its hashes do not vouch for.
 */

export const FORMAT_VERSION = 1;
export const BLOCK_BYTES = 64 * 1024;
export const FOOTER_BYTES = 4 + 16 + 8;

const LETTERS = Buffer.from('BTSPATCH', 'latin1');

export function footerOf(trailer: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(trailer.length);
  return Buffer.concat([length, Buffer.from(hashBytes(trailer), 'hex'), LETTERS]);
}

/** How long the trailer before this footer claims to be; null where it is no footer. */
export function trailerLength(footer: Buffer): number | null {
  if (footer.length !== FOOTER_BYTES || !footer.subarray(20).equals(LETTERS)) return null;
  return footer.readUInt32BE();
}
