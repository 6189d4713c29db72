import { type Name, toBytes } from '../model/bytes.js';
import { DAMAGE_KINDS, type Damage, type DamageKind } from '../model/damage.js';
import { BtsootError, manifestFault } from '../model/errors.js';
import { HISTORY_ID } from './areas.js';
import type { Entries } from './entries.js';
import type { Reader } from './reader.js';
import type { Query, Store } from './store.js';

interface DamageRow {
  readonly entry: number;
  readonly kind: number;
  readonly hash: Buffer;
  readonly size: number;
  readonly found_us: number;
}

/** Files that hold something, or should. */
const HOLDS = `id > ? AND kind = 1 AND (content IS NOT NULL OR EXISTS (SELECT 1 FROM damage WHERE entry = entries.id))`;

export interface FileSizes {
  /** The last of these files; null where there are none. */
  readonly last: number | null;
  readonly files: number;
  readonly bytes: number;
}

const COLUMNS = 'entry, kind, hash, size, found_us';

/**
 * Which rows, of any area, are known to be damaged: files whose bytes are not what they should be. The content of such a row is
 * unknown, so that it is used for nothing and replaced by the next sync. The schema's triggers end that when a row gets a
 * content again, or goes.
 */
export class Damages {
  readonly #store: Store;
  readonly #entries: Entries;
  readonly #reader: Reader;
  readonly #get: Query<DamageRow>;
  readonly #after: Query<DamageRow>;
  readonly #count: Query<{ count: number }>;
  readonly #set: Query;
  readonly #filesAfter: Query<{ id: number }>;
  readonly #sizesAfter: Query<FileSizes>;
  readonly #undoFilesAfter: Query<{ id: number }>;

  constructor(store: Store, entries: Entries, reader: Reader) {
    this.#store = store;
    this.#entries = entries;
    this.#reader = reader;
    this.#get = store.query(`SELECT ${COLUMNS} FROM damage WHERE entry = ?`);
    this.#after = store.query(`SELECT ${COLUMNS} FROM damage WHERE entry > ? ORDER BY entry LIMIT ?`);
    this.#count = store.query('SELECT count(*) AS count FROM damage');
    this.#set = store.query(`INSERT INTO damage (${COLUMNS}) VALUES (?, ?, ?, ?, ?)
      ON CONFLICT (entry) DO UPDATE SET kind = excluded.kind`);
    this.#filesAfter = store.query(`SELECT id FROM entries WHERE ${HOLDS} ORDER BY id LIMIT ?`);
    this.#undoFilesAfter = store.query(`SELECT id FROM entries WHERE parent = ${HISTORY_ID} AND name > ? AND kind = 1
      AND content IS NOT NULL AND substr(name, -5) = CAST('.undo' AS BLOB) ORDER BY name LIMIT ?`);
    this.#sizesAfter = store.query(`SELECT max(id) AS last, count(*) AS files, coalesce(sum(size), 0) AS bytes FROM (
      SELECT entries.id AS id, iif(parent = ${HISTORY_ID} AND substr(name, -5) = CAST('.undo' AS BLOB), 0, contents.size) AS size
      FROM entries LEFT JOIN contents ON contents.id = entries.content WHERE ${HOLDS.replace('id >', 'entries.id >')}
      ORDER BY entries.id LIMIT ?)`);
  }

  /** @throws BtsootError of kind `internal` for a row that is no file with a content. */
  mark(id: number, kind: DamageKind, foundUs: number): void {
    this.#store.transaction(() => {
      const row = this.#reader.row(id);
      const expected = row?.kind === 'file' ? (row.content ?? this.get(id)?.expected) : undefined;
      if (expected === undefined) throw new BtsootError('internal', `row ${id} is no file that could be damaged`);
      this.share(id, { id, kind, expected, foundUs });
    });
  }

  /** What is said of one name of a file holds for another one too. What that should hold, and since when, stays as it is known. */
  share(id: number, { kind, expected, foundUs }: Damage): void {
    this.#store.transaction(() => {
      this.#entries.update(id, { content: null });
      this.#set.run(id, DAMAGE_KINDS.indexOf(kind), Buffer.from(expected.hash, 'hex'), expected.sizeBytes, foundUs);
    });
  }

  /** At most `most` ids of undo files that lead back to something, in byte order of their names, those after `name`. */
  undoFilesAfter(name: Name, most: number): number[] {
    return this.#undoFilesAfter.all(toBytes(name), most).map((row) => row.id);
  }

  /** How much `filesAfter` would name. Undo files count as nothing: what they hold is not what they stand for. */
  sizesAfter(id: number, most: number): FileSizes {
    return this.#sizesAfter.get(id, most) ?? { last: null, files: 0, bytes: 0 };
  }

  /** What is known to be wrong with an entry's bytes, or null. */
  get(id: number): Damage | null {
    const row = this.#get.get(id);
    return row === undefined ? null : damageFromRow(row);
  }

  /** At most `most` damaged entries, by their ids, those after `id`. */
  after(id: number, most: number): Damage[] {
    return this.#after.all(id, most).map(damageFromRow);
  }

  count(): number {
    return this.#count.get()?.count ?? 0;
  }

  /** At most `most` ids of files that hold something or should, in ascending order, those after `id`. */
  filesAfter(id: number, most: number): number[] {
    return this.#filesAfter.all(id, most).map((row) => row.id);
  }
}

function damageFromRow({ entry, kind, hash, size, found_us }: DamageRow): Damage {
  const known = DAMAGE_KINDS[kind];
  if (known === undefined) throw manifestFault(`row ${entry} of the manifest has a damage of the unknown kind ${kind}`);
  return { id: entry, kind: known, expected: { hash: hash.toString('hex'), sizeBytes: size }, foundUs: found_us };
}
