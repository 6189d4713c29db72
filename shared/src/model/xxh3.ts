import addon from 'xxhash-addon';

/** Seed 0. The addon's constructor reads its seed from a Buffer, and does not survive being given none. */
const SEED = Buffer.alloc(4);

/** XXH3-128 with seed 0, fed piece by piece. It finds accidents, not attackers. */
export class Xxh3 {
  readonly #state = new addon.XXHash128(SEED);

  update(bytes: Buffer): void {
    this.#state.update(bytes);
  }

  /** 32 lower-case hexadecimal digits, as `xxhsum -H2` prints them, of all that was fed since the last `reset`. */
  digest(): string {
    return this.#state.digest().toString('hex');
  }

  /** The same as 16 bytes. */
  digestBytes(): Buffer {
    return this.#state.digest();
  }

  reset(): void {
    this.#state.reset();
  }
}

/** XXH3-128, seed 0, as 32 lower-case hexadecimal digits. */
export function hashBytes(bytes: Uint8Array): string {
  return addon.XXHash128.hash(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)).toString('hex');
}

/** XXH3-128, seed 0, as 16 bytes: those of the hexadecimal digits. */
export function hashToBytes(bytes: Buffer): Buffer {
  return addon.XXHash128.hash(bytes);
}
