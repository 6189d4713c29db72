import { CHUNK_HASH_BYTES, type ChunkList } from './chunk-list.js';

const HOOKS_MAX = 4_096;
/** One chunk in so many is a hook, chosen by its hash, so that two lists choose the same ones of what they share. */
const SAMPLING = 32n;
/** The smallest are hooks in any case: a short list has few others. */
const SMALLEST = 4;

/**
 * What a list is found by when another one shares some of its chunks: a sample of them, each by the first 8 bytes of its hash
 * as a signed big-endian number, ascending, none twice. At most 4,096, the smallest ones.
 */
export function hooksOf(list: ChunkList): bigint[] {
  const count = list.hashes.length / CHUNK_HASH_BYTES;
  const values = BigInt64Array.from({ length: count }, (_, index) => list.hashes.readBigInt64BE(index * CHUNK_HASH_BYTES)).sort();
  const hooks: bigint[] = [];
  let distinct = 0;
  for (let index = 0; index < count && hooks.length < HOOKS_MAX; index++) {
    const value = values[index] ?? 0n;
    if (index > 0 && value === values[index - 1]) continue;
    if (distinct++ < SMALLEST || value % SAMPLING === 0n) hooks.push(value);
  }
  return hooks;
}
