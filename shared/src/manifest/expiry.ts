import { byteString, type Name } from '../model/bytes.js';
import { HISTORY_ID } from './areas.js';
import type { Contents } from './contents.js';
import type { Removal } from './removal.js';
import type { Settings } from './settings.js';
import type { Query, Store } from './store.js';

/** Past versions dropped in one transaction. */
const BATCH_VERSIONS = 1_000;

/** How far history has been let go: everything up to this session has no right to be there. */
const EXPIRED_THROUGH = 'expired-through';

/** An old version below HISTORY: one file, or one folder with all that was in it. */
export interface Slot {
  readonly id: number;
  readonly name: Name;
  /** The session that put it there. */
  readonly born: number;
}

/**
 * Lets go of old history: what the sessions up to one have replaced or removed. The record of that one session stays,
 * because its state was the tree's at the time that history now reaches back to. Sessions go only from the oldest on, so
 * that an old version always keeps what it is put together from, which came to history later.
 *
 * First the sessions' records go, and it is written down how far history has gone; then come files and rows, batch by
 * batch, files first. Whoever is cut off in between finds by `expiredThrough` what is still to be done.
 */
export class Expiry {
  readonly #store: Store;
  readonly #contents: Contents;
  readonly #removal: Removal;
  readonly #settings: Settings;
  readonly #slots: Query<{ id: number; name: Buffer; born: number }>;
  readonly #versions: Query<{ id: number; died: number; content: number | null }>;
  readonly #dropVersion: Query;
  readonly #dropSessions: Query;
  readonly #clearKept: Query;
  readonly #anySlot: Query<{ id: number }>;

  constructor(store: Store, contents: Contents, removal: Removal, settings: Settings) {
    this.#store = store;
    this.#contents = contents;
    this.#removal = removal;
    this.#settings = settings;
    this.#slots = store.query(`SELECT id, name, born FROM entries INDEXED BY entries_history
      WHERE parent = ${HISTORY_ID} AND born <= ? AND (born, id) > (?, ?) ORDER BY born, id LIMIT ?`);
    this.#versions = store.query(`SELECT id, died, content FROM past WHERE died <= ? LIMIT ${BATCH_VERSIONS}`);
    this.#dropVersion = store.query('DELETE FROM past WHERE id = ? AND died = ?');
    this.#anySlot = store.query(`SELECT id FROM entries WHERE parent = ${HISTORY_ID} LIMIT 1`);
    this.#dropSessions = store.query('DELETE FROM sessions WHERE number < ?');
    this.#clearKept = store.query('UPDATE sessions SET kept_versions = 0, kept_bytes = 0 WHERE number = ?');
  }

  hasSlots(): boolean {
    return this.#anySlot.get() !== undefined;
  }

  /** 0 where nothing was ever let go. */
  expiredThrough(): number {
    return Number(this.#settings.get(EXPIRED_THROUGH) ?? 0);
  }

  /** From now on no session before this one can be restored. Going back is not possible: a smaller number changes nothing. */
  begin(through: number): void {
    if (through <= this.expiredThrough()) return;
    this.#store.transaction(() => {
      this.#settings.set(EXPIRED_THROUGH, String(through));
      this.#dropSessions.run(through);
      this.#clearKept.run(through);
    });
  }

  /** Old versions that sessions up to `through` have put into history, the oldest first, from behind `after` on. */
  slots(through: number, after: Slot | null, most: number): Slot[] {
    const rows = this.#slots.all(through, after?.born ?? 0, after?.id ?? 0, most);
    return rows.map(({ id, name, born }) => ({ id, name: byteString(name) as Name, born }));
  }

  /**
   * Drops rows of a slot, about `mostRows` in one transaction.
   * @returns whether the slot has gone
   */
  discard(slot: Slot, mostRows: number): boolean {
    return this.#store.transaction(() => this.#removal.discard(slot.id, mostRows));
  }

  /**
   * Drops some of the versions of rows that no kept session can show.
   * @returns whether there may be more
   */
  dropVersions(): boolean {
    const upTo = this.expiredThrough();
    return this.#store.transaction(() => {
      const versions = this.#versions.all(upTo);
      for (const { id, died, content } of versions) {
        this.#dropVersion.run(id, died);
        if (content !== null) this.#contents.release(content);
      }
      return versions.length === BATCH_VERSIONS;
    });
  }
}
