import { LastDirectory } from './last-directory.js';
import type { Query, Store } from './store.js';

/** One opaque record per directory: what a scan packed of its listing, to compare it whole. */
export class Listings {
  readonly #get: Query<{ record: Buffer }>;
  readonly #set: Query;
  readonly #clear: Query;
  readonly #lastCleared: LastDirectory;

  constructor(store: Store) {
    this.#lastCleared = new LastDirectory(store);
    this.#get = store.query('SELECT record FROM listings WHERE dir = ?');
    this.#set = store.query(
      'INSERT INTO listings (dir, record) VALUES (?, ?) ON CONFLICT (dir) DO UPDATE SET record = excluded.record',
    );
    this.#clear = store.query('DELETE FROM listings WHERE dir = ?');
  }

  get(directoryId: number): Buffer | null {
    return this.#get.get(directoryId)?.record ?? null;
  }

  set(directoryId: number, record: Buffer): void {
    this.#lastCleared.forget();
    this.#set.run(directoryId, record);
  }

  clear(directoryId: number): void {
    if (this.#lastCleared.is(directoryId)) return;
    this.#clear.run(directoryId);
    this.#lastCleared.set(directoryId);
  }
}
