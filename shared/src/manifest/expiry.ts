import { byteString, type Name } from '../model/bytes.js';
import { HISTORY_ID } from './areas.js';
import type { Contents } from './contents.js';
import type { Removal } from './removal.js';
import type { Query, Store } from './store.js';

/** Past versions held in memory at a time. */
const BATCH_VERSIONS = 1_000;

interface Slot {
  readonly id: number;
  readonly name: Name;
}

/**
 * Lets go of old history. What goes is what the sessions up to the last one that expired have replaced or removed; the
 * record of that one session stays, because its state was the tree's at the time that history now reaches back to. A
 * session expires only after those before it, so that one wrong clock in between shortens nothing.
 */
export class Expiry {
  readonly #store: Store;
  readonly #contents: Contents;
  readonly #removal: Removal;
  readonly #lastExpired: Query<{ number: number | null }>;
  readonly #slots: Query<{ id: number; name: Buffer }>;
  readonly #versions: Query<{ id: number; died: number; content: number | null }>;
  readonly #dropVersion: Query;
  readonly #dropSessions: Query;
  readonly #anySlot: Query<{ id: number }>;

  constructor(store: Store, contents: Contents, removal: Removal) {
    this.#store = store;
    this.#contents = contents;
    this.#removal = removal;
    this.#lastExpired = store.query(`SELECT max(number) AS number FROM sessions
      WHERE number < coalesce((SELECT min(number) FROM sessions WHERE open = 1 OR finished_us >= ?), number + 1)`);
    this.#slots = store.query(`SELECT id, name FROM entries WHERE parent = ${HISTORY_ID} AND born <= ? ORDER BY name`);
    this.#versions = store.query(`SELECT id, died, content FROM past WHERE died <= ? LIMIT ${BATCH_VERSIONS}`);
    this.#dropVersion = store.query('DELETE FROM past WHERE id = ? AND died = ?');
    this.#anySlot = store.query(`SELECT id FROM entries WHERE parent = ${HISTORY_ID} LIMIT 1`);
    this.#dropSessions = store.query('DELETE FROM sessions WHERE number < ?');
  }

  /** The names below HISTORY that `expire` would let go. */
  expirable(beforeUs: number): Name[] {
    return this.#slotsUpTo(this.#lastExpiredSession(beforeUs)).map((slot) => slot.name);
  }

  hasSlots(): boolean {
    return this.#anySlot.get() !== undefined;
  }

  /** A transaction for each slot and batch: cut off, it is simply done again. */
  expire(beforeUs: number, kept: ReadonlySet<Name>): Name[] {
    const last = this.#lastExpiredSession(beforeUs);
    const slots = this.#slotsUpTo(last).filter(({ name }) => !kept.has(name));
    for (const slot of slots) this.#store.transaction(() => this.#removal.discard(slot.id));
    while (this.#store.transaction(() => this.#dropVersions(last)) > 0);
    this.#dropSessions.run(last);
    return slots.map((slot) => slot.name);
  }

  /** 0 where none has expired: no row and no version is of an era before 1. */
  #lastExpiredSession(beforeUs: number): number {
    return this.#lastExpired.get(beforeUs)?.number ?? 0;
  }

  #slotsUpTo(session: number): Slot[] {
    return this.#slots.all(session).map((row) => ({ id: row.id, name: byteString(row.name) as Name }));
  }

  #dropVersions(upTo: number): number {
    const versions = this.#versions.all(upTo);
    for (const { id, died, content } of versions) {
      this.#dropVersion.run(id, died);
      if (content !== null) this.#contents.release(content);
    }
    return versions.length;
  }
}
