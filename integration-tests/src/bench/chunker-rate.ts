import { averageFor } from '@btsoot/shared/delta/average.js';
import { ChunkHasher } from '@btsoot/shared/delta/chunk-hasher.js';
import { Chunker } from '@btsoot/shared/delta/chunker.js';
import { seeded } from '../harness/random.js';

/** Bytes per second, each on one core. */
export interface ChunkerRates {
  /** Finding the borders alone. */
  readonly cutting: number;
  /** Finding them and hashing each chunk. */
  readonly cuttingAndHashing: number;
}

const FILE_BYTES = 1024 ** 3;

/** Of bytes without a pattern, in memory, cut as a file of 1 GiB is: the best of `rounds`, for what else runs only makes it less. */
export function chunkerRates(rounds: number): ChunkerRates {
  const averageBytes = averageFor(FILE_BYTES, null);
  const [chunker, hasher] = [new Chunker(), new ChunkHasher()];
  for (const { buffer } of [chunker, hasher]) seeded(4).bytes(buffer.length).copy(buffer);
  const cutting = (): void => {
    chunker.start(averageBytes);
    for (let at = 0; at < FILE_BYTES; at += chunker.buffer.length) chunker.push(chunker.buffer.length);
  };
  const cuttingAndHashing = (): void => {
    hasher.start(averageBytes);
    for (let at = 0; at < FILE_BYTES; at += hasher.buffer.length) hasher.update(hasher.buffer.length);
    hasher.finish();
  };
  return { cutting: rateOf(cutting, rounds), cuttingAndHashing: rateOf(cuttingAndHashing, rounds) };
}

function rateOf(work: () => void, rounds: number): number {
  const seconds = Array.from({ length: rounds }, () => {
    const startedMs = performance.now();
    work();
    return (performance.now() - startedMs) / 1_000;
  });
  return FILE_BYTES / Math.min(...seconds);
}
