/*
 * A polynomial rolling hash over 32-bit words (Karp and Rabin, 1987), of bytes that a table has made random words of first,
 * as Cohen's cyclic polynomials and the gear hash do: hash = sum of TABLE[byte] * MULTIPLIER^(bytes behind it), mod 2^32.
 * rsync's sum tells little of patterned data, and a cyclic polynomial cannot tell bytes that lie multiples of 32 apart.
 * The high bits are the good ones.
 */

/** Odd, and 5 mod 8, so that its powers repeat only after 2^30. The value is Knuth's (TAOCP 3.3.4, after Lavaux and Janssens). */
const MULTIPLIER = 1664525;
const TABLE_SEED = 0x42_54_53_4f;

/** mulberry32 from TABLE_SEED on. Part of the protocol. */
const TABLE = makeTable();

function makeTable(): Int32Array {
  let state = TABLE_SEED;
  return new Int32Array(256).map(() => {
    state = (state + 0x6d2b79f5) | 0;
    let word = Math.imul(state ^ (state >>> 15), state | 1);
    word ^= word + Math.imul(word ^ (word >>> 7), word | 61);
    return word ^ (word >>> 14);
  });
}

/** The weak sum of bytes [from, end), signed. It goes on from `hash`, that of the bytes before. */
export function weakSum(bytes: Uint8Array, from: number, end: number, hash = 0): number {
  let sum = hash;
  for (let at = from; at < end; at += 1) sum = (Math.imul(sum, MULTIPLIER) + (TABLE[bytes[at] ?? 0] ?? 0)) | 0;
  return sum;
}

/** A window of a fixed length that moves over bytes, and the table that stops it. */
export class RollingScan {
  readonly #windowBytes: number;
  readonly #leaving: Int32Array;
  readonly #wanted: Uint8Array;
  readonly #shift: number;
  /** The sum of the window where the last scan has stopped, signed. */
  hash = 0;

  /** `weaks` are the sums that the scan is to stop at. It may stop at others: each is to be looked up. */
  constructor(windowBytes: number, weaks: Iterable<number>, weakCount: number) {
    this.#windowBytes = windowBytes;
    let power = 1;
    for (let count = 0; count < windowBytes; count += 1) power = Math.imul(power, MULTIPLIER);
    this.#leaving = TABLE.map((word) => Math.imul(word, power));
    const bits = Math.min(Math.max(Math.ceil(Math.log2(weakCount + 1)) + 6, 10), 20);
    this.#shift = 32 - bits;
    this.#wanted = new Uint8Array(2 ** bits);
    for (const weak of weaks) this.#wanted[weak >>> this.#shift] = 1;
  }

  /** The window is at `at` now. */
  start(bytes: Uint8Array, at: number): void {
    this.hash = weakSum(bytes, at, at + this.#windowBytes);
  }

  isWanted(): boolean {
    return this.#wanted[this.hash >>> this.#shift] === 1;
  }

  /** Moves the window from `at` on by at least one byte, and stops where a sum may be wanted, or at `last`. Returns where. */
  scan(bytes: Uint8Array, at: number, last: number): number {
    const windowBytes = this.#windowBytes;
    const leaving = this.#leaving;
    const wanted = this.#wanted;
    const shift = this.#shift;
    let hash = this.hash;
    let begin = at;
    while (begin < last) {
      const entering = TABLE[bytes[begin + windowBytes] as number] as number;
      hash = (Math.imul(hash, MULTIPLIER) + entering - (leaving[bytes[begin] as number] as number)) | 0;
      begin += 1;
      if (wanted[hash >>> shift] === 1) break;
    }
    this.hash = hash;
    return begin;
  }
}
