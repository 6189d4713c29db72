import type { Query, Store } from './store.js';

/** Small facts kept beside the tree, and the applier's journal. */
export class Settings {
  readonly #get: Query<{ value: string }>;
  readonly #set: Query;
  readonly #unset: Query;
  readonly #journal: Query<{ record: Buffer }>;
  readonly #setJournal: Query;
  readonly #dropJournal: Query;

  constructor(store: Store) {
    this.#get = store.query('SELECT value FROM settings WHERE key = ?');
    this.#set = store.query(
      'INSERT INTO settings (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
    );
    this.#unset = store.query('DELETE FROM settings WHERE key = ?');
    this.#journal = store.query('SELECT record FROM journal');
    this.#setJournal = store.query(
      'INSERT INTO journal (one, record) VALUES (1, ?) ON CONFLICT (one) DO UPDATE SET record = excluded.record',
    );
    this.#dropJournal = store.query('DELETE FROM journal');
  }

  get(key: string): string | null {
    return this.#get.get(key)?.value ?? null;
  }

  set(key: string, value: string | null): void {
    if (value === null) this.#unset.run(key);
    else this.#set.run(key, value);
  }

  journal(): Buffer | null {
    return this.#journal.get()?.record ?? null;
  }

  setJournal(record: Buffer | null): void {
    if (record === null) this.#dropJournal.run();
    else this.#setJournal.run(record);
  }
}
