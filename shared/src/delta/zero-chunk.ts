import { Xxh3 } from '../model/xxh3.js';
import { chunkHash, chunkLength, sameChunk } from './chunk-index.js';
import type { ChunkList } from './chunk-list.js';
import { CUT_SPREAD } from './cut.js';

const zeros = Buffer.alloc(64 * 1024);

/** Hashes of so many zeros. Few lengths occur: what the chunker makes of zeros, and where files end. */
const zeroHashes = new Map<number, Buffer>();
const ZERO_HASHES_MAX = 64;

/**
 * Whether a chunk is all zeros, as its hash tells. Only chunks that may be are looked at: the longest, those that equal a
 * neighbour, and the last; so the others cost nothing. One that is missed is sent as other bytes are.
 */
export function isZeroChunk(list: ChunkList, index: number): boolean {
  const lengthBytes = chunkLength(list, index);
  const isLast = index === list.ends.length - 1;
  const mayBe = lengthBytes >= CUT_SPREAD * list.averageBytes || isLast || sameChunk(list, index, list, index + 1);
  const isCandidate = mayBe || (index > 0 && sameChunk(list, index, list, index - 1));
  return isCandidate && chunkHash(list, index).equals(zeroHash(lengthBytes));
}

function zeroHash(lengthBytes: number): Buffer {
  const known = zeroHashes.get(lengthBytes);
  if (known !== undefined) return known;
  const hash = new Xxh3();
  for (let left = lengthBytes; left > 0; left -= zeros.length) hash.update(zeros.subarray(0, Math.min(left, zeros.length)));
  const digest = hash.digestBytes();
  if (zeroHashes.size === ZERO_HASHES_MAX) zeroHashes.clear();
  zeroHashes.set(lengthBytes, digest);
  return digest;
}
