import { byteString, toBytes } from '../model/bytes.js';
import type { Query, Store } from './store.js';

/** What folders' `.btsootignore` files say, as byte strings. */
export class IgnoreFiles {
  readonly #get: Query<{ text: Buffer }>;
  readonly #any: Query<{ dir: number }>;
  readonly #set: Query;
  readonly #unset: Query;

  constructor(store: Store) {
    this.#get = store.query('SELECT text FROM ignore_files WHERE dir = ?');
    this.#any = store.query('SELECT dir FROM ignore_files LIMIT 1');
    this.#set = store.query(
      'INSERT INTO ignore_files (dir, text) VALUES (?, ?) ON CONFLICT (dir) DO UPDATE SET text = excluded.text',
    );
    this.#unset = store.query('DELETE FROM ignore_files WHERE dir = ?');
  }

  get(directoryId: number): string | null {
    const found = this.#get.get(directoryId);
    return found === undefined ? null : byteString(found.text);
  }

  get any(): boolean {
    return this.#any.get() !== undefined;
  }

  set(directoryId: number, text: string | null): void {
    if (text === null) this.#unset.run(directoryId);
    else this.#set.run(directoryId, toBytes(text));
  }
}
