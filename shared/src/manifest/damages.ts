import { type Name, toBytes } from '../model/bytes.js';
import { DAMAGE_KINDS, type Damage, type DamageKind } from '../model/damage.js';
import type { Content } from '../model/entry.js';
import { BtsootError } from '../model/errors.js';
import { HISTORY_ID } from './areas.js';
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

/** Which rows are known to be damaged. The schema's triggers end that when a row gets a content, or goes. */
export class Damages {
  readonly #get: Query<DamageRow>;
  readonly #after: Query<DamageRow>;
  readonly #count: Query<{ count: number }>;
  readonly #set: Query;
  readonly #filesAfter: Query<{ id: number }>;
  readonly #sizesAfter: Query<FileSizes>;
  readonly #undoFilesAfter: Query<{ id: number }>;

  constructor(store: Store) {
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

  undoFilesAfter(name: Name, most: number): number[] {
    return this.#undoFilesAfter.all(toBytes(name), most).map((row) => row.id);
  }

  /** Undo files count as nothing: what they hold is not what they stand for. */
  sizesAfter(id: number, most: number): FileSizes {
    return this.#sizesAfter.get(id, most) ?? { last: null, files: 0, bytes: 0 };
  }

  get(id: number): Damage | null {
    const row = this.#get.get(id);
    return row === undefined ? null : damageFromRow(row);
  }

  after(id: number, most: number): Damage[] {
    return this.#after.all(id, most).map(damageFromRow);
  }

  count(): number {
    return this.#count.get()?.count ?? 0;
  }

  /** Keeps what it should hold, and when that was found, where it is known to be damaged already. */
  set(id: number, kind: DamageKind, expected: Content, foundUs: number): void {
    const { hash, sizeBytes } = expected;
    this.#set.run(id, DAMAGE_KINDS.indexOf(kind), Buffer.from(hash, 'hex'), sizeBytes, foundUs);
  }

  filesAfter(id: number, most: number): number[] {
    return this.#filesAfter.all(id, most).map((row) => row.id);
  }
}

function damageFromRow({ entry, kind, hash, size, found_us }: DamageRow): Damage {
  const known = DAMAGE_KINDS[kind];
  if (known === undefined)
    throw new BtsootError('corrupt', `row ${entry} of the manifest has a damage of the unknown kind ${kind}`);
  return { id: entry, kind: known, expected: { hash: hash.toString('hex'), sizeBytes: size }, foundUs: found_us };
}
