import type { Contents } from './contents.js';
import type { History } from './history.js';
import { IgnoreFiles } from './ignore-files.js';
import type { Listings } from './listings.js';
import { KIND_CODES, PARENT } from './rows.js';
import type { Digests } from './settle.js';
import type { Query, Store } from './store.js';

/** Rows of one directory held in memory at a time. */
const BATCH_ROWS = 1_000;

interface LeavingRow {
  readonly id: number;
  readonly parent: number;
  readonly kind: number;
  readonly content: number | null;
  readonly born: number;
}

/** Removes rows with all that hangs below them, level by level without recursion: a tree may be deep. */
export class Removal {
  readonly #contents: Contents;
  readonly #listings: Listings;
  readonly #ignoreFiles: IgnoreFiles;
  readonly #digests: Digests;
  readonly #history: History;
  readonly #row: Query<LeavingRow>;
  readonly #below: Query<LeavingRow>;
  readonly #delete: Query;

  constructor(store: Store, contents: Contents, listings: Listings, digests: Digests, history: History) {
    this.#ignoreFiles = new IgnoreFiles(store);
    this.#contents = contents;
    this.#listings = listings;
    this.#digests = digests;
    this.#history = history;
    this.#row = store.query('SELECT id, parent, kind, content, born FROM entries WHERE id = ?');
    this.#below = store.query(`SELECT id, parent, kind, content, born FROM entries WHERE parent = ${PARENT} LIMIT ${BATCH_ROWS}`);
    this.#delete = store.query('DELETE FROM entries WHERE id = ?');
  }

  /** Earlier sessions go on showing what is removed here. Unknown ids are nothing to remove. */
  remove(id: number): void {
    if (this.#row.get(id) === undefined) return;
    const era = this.#history.era();
    this.#history.noteChange();
    this.#removeAll(id, (row) => {
      if (row.born < era) this.#history.preserve(row.id);
    });
  }

  /**
   * Keeps no version: for what no session that is kept can show. Stops after about `mostRows`, the top row being the last.
   * @returns whether all of it has gone
   */
  discard(id: number, mostRows: number): boolean {
    this.#removeAll(id, () => {}, mostRows);
    return this.#row.get(id) === undefined;
  }

  #removeAll(id: number, preserve: (row: LeavingRow) => void, mostRows = Number.POSITIVE_INFINITY): void {
    const top = this.#row.get(id);
    if (top === undefined) return;
    this.#digests.markStale(top.parent);
    this.#listings.clear(top.parent);
    const open = [top];
    let removed = 0;
    for (let at = open.at(-1); at !== undefined && removed < mostRows; at = open.at(-1)) {
      const below = at.kind === KIND_CODES.directory ? this.#below.all(at.id) : [];
      for (const row of below) {
        if (row.kind === KIND_CODES.directory) open.push(row);
        else {
          this.#removeOne(row, preserve);
          removed += 1;
        }
      }
      if (below.length > 0) continue;
      this.#removeOne(at, preserve);
      removed += 1;
      open.pop();
    }
  }

  #removeOne(row: LeavingRow, preserve: (row: LeavingRow) => void): void {
    preserve(row);
    this.#delete.run(row.id);
    if (row.kind === KIND_CODES.directory) {
      this.#listings.clear(row.id);
      this.#ignoreFiles.set(row.id, null);
    }
    if (row.content !== null) this.#contents.release(row.content);
  }
}
