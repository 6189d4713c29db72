import { BtsootError } from '../model/errors.js';
import type { Query, Store } from './store.js';

/** Which entry of the other side's tree a row is the same thing as. One to one. */
export class Peers {
  readonly #get: Query<{ peer: number | null }>;
  readonly #set: Query;
  readonly #take: Query;
  readonly #holder: Query<{ id: number }>;

  constructor(store: Store) {
    this.#get = store.query('SELECT peer FROM entries WHERE id = ?');
    this.#set = store.query('UPDATE entries SET peer = ? WHERE id = ?');
    this.#take = store.query('UPDATE entries SET peer = NULL WHERE peer = ?');
    this.#holder = store.query('SELECT id FROM entries WHERE peer = ?');
  }

  get(id: number): number | null {
    return this.#get.get(id)?.peer ?? null;
  }

  /** Takes the peer from the row that had it before. */
  set(id: number, peer: number | null): void {
    const before = this.#get.get(id);
    if (before === undefined) throw new BtsootError('not-found', `the manifest has no row ${id} to give a peer to`);
    if (before.peer === peer) return;
    if (peer !== null) this.#take.run(peer);
    this.#set.run(peer, id);
  }

  holder(peer: number): number | undefined {
    return this.#holder.get(peer)?.id;
  }
}
