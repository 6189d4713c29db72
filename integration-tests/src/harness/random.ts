/** A stream of numbers that is the same for the same seed, so that every run of a test sees the same trees. */
export interface Random {
  /** A whole number from 0 up to, not including, `limit`. */
  below(limit: number): number;
  bytes(count: number): Buffer;
  shuffled<T>(items: readonly T[]): T[];
}

export function seeded(seed: number): Random {
  let state = (seed * 2_654_435_761) >>> 0 || 1;
  const next = (): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state;
  };
  const below = (limit: number): number => next() % limit;
  return {
    below,
    bytes(count) {
      const words = Uint32Array.from({ length: Math.ceil(count / 4) }, next);
      return Buffer.from(words.buffer, 0, count);
    },
    shuffled(items) {
      const result = [...items];
      for (let at = result.length - 1; at > 0; at -= 1) {
        const other = below(at + 1);
        [result[at], result[other]] = [result[other] as (typeof result)[number], result[at] as (typeof result)[number]];
      }
      return result;
    },
  };
}
