import { createHash } from 'node:crypto';

/** How many bytes of the past a gear hash knows: each further byte shifts the oldest one's share out of its 32 bits. */
export const GEAR_WINDOW_BYTES = 32;

/**
 * The number that each value of a byte adds to the gear hash: the SHA-256 digests of "btsoot gear 0" to "btsoot gear 31",
 * one after the other, read as 256 little-endian numbers. Other numbers cut elsewhere, and find nothing of what was cut before.
 */
export function makeGear(): Uint32Array {
  const digests = Array.from({ length: 32 }, (_, index) => createHash('sha256').update(`btsoot gear ${index}`).digest());
  const bytes = Buffer.concat(digests);
  return Uint32Array.from({ length: 256 }, (_, index) => bytes.readUInt32LE(4 * index));
}
