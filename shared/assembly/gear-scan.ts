/*
 * The inner loop of the chunker, in AssemblyScript: `npm run gen` compiles it into src/delta/chunker-wasm.ts, and
 * src/delta/chunker.ts does the rest. The memory begins with the gear table, 256 unsigned 32-bit numbers.
 */

let hash: u32 = 0;

export function reset(): void {
  hash = 0;
}

/**
 * Rolls the bytes from address `at` up to `end` into the hash. Stops behind the first byte that brings it below
 * `threshold`, and gives that address; 0 where there is none. A threshold of 0 stops nowhere.
 */
export function scan(at: usize, end: usize, threshold: u32): usize {
  let rolled = hash;
  for (; at < end; at++) {
    rolled = (rolled << 1) + load<u32>((<usize>load<u8>(at)) << 2);
    if (rolled < threshold) {
      hash = rolled;
      return at + 1;
    }
  }
  hash = rolled;
  return 0;
}
