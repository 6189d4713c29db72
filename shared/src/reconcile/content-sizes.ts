import type { Content } from '../model/entry.js';

const HASH_WORDS = 4;
const FIRST_CAPACITY = 64;

/** Contents' sizes by their hashes, in some forty bytes each: there may be millions. */
export class ContentSizes {
  #hashes = new Uint32Array(HASH_WORDS * FIRST_CAPACITY);
  #sizes = new Float64Array(FIRST_CAPACITY);
  /** Open addressing: for each place the content's number, counted from 1, or 0. Half of them at least are free. */
  #places = new Uint32Array(2 * FIRST_CAPACITY);
  #count = 0;
  /** The hash that is looked for. */
  readonly #wanted = new Uint32Array(HASH_WORDS);
  readonly #wantedBytes = Buffer.from(this.#wanted.buffer);

  get(hash: string): number | undefined {
    const number = this.#places[this.#find(hash)] as number;
    return number === 0 ? undefined : this.#sizes[number - 1];
  }

  set({ hash, sizeBytes }: Content): void {
    if (this.#count === this.#sizes.length) this.#grow();
    const place = this.#find(hash);
    if (this.#places[place] === 0) {
      this.#hashes.set(this.#wanted, HASH_WORDS * this.#count);
      this.#places[place] = ++this.#count;
    }
    this.#sizes[(this.#places[place] as number) - 1] = sizeBytes;
  }

  /** The place where the hash is, or where it would be. */
  #find(hash: string): number {
    this.#wantedBytes.write(hash, 'hex');
    let place = this.#firstPlace(this.#wanted[0] as number);
    while (this.#places[place] !== 0 && !this.#isWanted((this.#places[place] as number) - 1)) place = this.#firstPlace(place + 1);
    return place;
  }

  #firstPlace(number: number): number {
    return number % this.#places.length;
  }

  #isWanted(index: number): boolean {
    for (let word = 0; word < HASH_WORDS; word++) {
      if (this.#hashes[HASH_WORDS * index + word] !== this.#wanted[word]) return false;
    }
    return true;
  }

  #grow(): void {
    this.#hashes = doubled(this.#hashes, new Uint32Array(2 * this.#hashes.length));
    this.#sizes = doubled(this.#sizes, new Float64Array(2 * this.#sizes.length));
    this.#places = new Uint32Array(2 * this.#places.length);
    for (let index = 0; index < this.#count; index++) {
      let place = this.#firstPlace(this.#hashes[HASH_WORDS * index] as number);
      while (this.#places[place] !== 0) place = this.#firstPlace(place + 1);
      this.#places[place] = index + 1;
    }
  }
}

function doubled<T extends Uint32Array | Float64Array>(old: T, larger: T): T {
  larger.set(old);
  return larger;
}
