import { byteString, type Name, toBytes } from '../model/bytes.js';
import type { Query, Store } from './store.js';

/** The names that entries have on a disk which cannot hold their own. Most manifests have none, and ask nothing. */
export class DiskNames {
  readonly #of: Query<{ disk_name: Buffer | null }>;
  readonly #set: Query;
  #any: boolean;

  constructor(store: Store) {
    this.#of = store.query('SELECT disk_name FROM entries WHERE parent = ? AND name = ?');
    this.#set = store.query('UPDATE entries SET disk_name = ? WHERE id = ? AND disk_name IS NOT ?');
    this.#any = store.query('SELECT 1 FROM entries WHERE disk_name IS NOT NULL LIMIT 1').get() !== undefined;
  }

  /** Whether any entry has a name of its own on the disk. */
  get any(): boolean {
    return this.#any;
  }

  /** Undefined where the directory has no entry of this name. */
  of(directoryId: number, name: Name): Name | undefined {
    const row = this.#of.get(directoryId, toBytes(name));
    if (row === undefined) return undefined;
    return row.disk_name === null ? name : (byteString(row.disk_name) as Name);
  }

  /** Null: its own. */
  set(id: number, name: Name | null): void {
    const value = name === null ? null : toBytes(name);
    this.#set.run(value, id, value);
    this.#any ||= name !== null;
  }
}
