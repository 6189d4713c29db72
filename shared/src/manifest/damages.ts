import { DAMAGE_KINDS, type Damage, type DamageKind } from '../model/damage.js';
import type { Content } from '../model/entry.js';
import { BtsootError } from '../model/errors.js';
import type { Query, Store } from './store.js';

interface DamageRow {
  readonly entry: number;
  readonly kind: number;
  readonly hash: Buffer;
  readonly size: number;
  readonly found_us: number;
}

const COLUMNS = 'entry, kind, hash, size, found_us';

/** Which rows are known to be damaged. The schema's triggers end that when a row gets a content, or goes. */
export class Damages {
  readonly #get: Query<DamageRow>;
  readonly #after: Query<DamageRow>;
  readonly #count: Query<{ count: number }>;
  readonly #set: Query;
  readonly #filesAfter: Query<{ id: number }>;

  constructor(store: Store) {
    this.#get = store.query(`SELECT ${COLUMNS} FROM damage WHERE entry = ?`);
    this.#after = store.query(`SELECT ${COLUMNS} FROM damage WHERE entry > ? ORDER BY entry LIMIT ?`);
    this.#count = store.query('SELECT count(*) AS count FROM damage');
    this.#set = store.query(`INSERT INTO damage (${COLUMNS}) VALUES (?, ?, ?, ?, ?)
      ON CONFLICT (entry) DO UPDATE SET kind = excluded.kind`);
    this.#filesAfter = store.query(`SELECT id FROM entries WHERE id > ? AND kind = 1
      AND (content IS NOT NULL OR EXISTS (SELECT 1 FROM damage WHERE entry = entries.id)) ORDER BY id LIMIT ?`);
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
