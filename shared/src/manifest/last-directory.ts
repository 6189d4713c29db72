import type { Store } from './store.js';

/**
 * The directory that something was last done to: many rows in a row are of the same one, and it is to be done once. What
 * is remembered in a transaction ends with it.
 */
export class LastDirectory {
  readonly #store: Store;
  #id: number | null = null;
  #transaction: number | null = null;

  constructor(store: Store) {
    this.#store = store;
  }

  is(id: number): boolean {
    return this.#id === id && this.#transaction !== null && this.#transaction === this.#store.transactionNumber();
  }

  set(id: number): void {
    this.#id = id;
    this.#transaction = this.#store.transactionNumber();
  }

  forget(): void {
    this.#id = null;
  }
}
