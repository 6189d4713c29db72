import type { Content } from '../model/entry.js';
import { BtsootError } from '../model/errors.js';
import { inParts, type Parts, placeholders } from './batches.js';
import type { Query, Store } from './store.js';

/** The contents that entries and past versions refer to. What is kept of a content, its chunk list and hooks, goes with it. */
export class Contents {
  readonly #find: Query<{ id: number }>;
  readonly #insert: Query;
  readonly #insertAll: Parts<Query>;
  readonly #release: Query;
  readonly #dropList: Query;
  readonly #dropHooks: Query;

  constructor(store: Store) {
    this.#find = store.query('SELECT id FROM contents WHERE hash = ? AND size = ?');
    this.#insert = store.query('INSERT INTO contents (hash, size) VALUES (?, ?) ON CONFLICT DO NOTHING');
    this.#insertAll = inParts((count) =>
      store.query(`INSERT INTO contents (hash, size) VALUES ${placeholders('(?, ?)', count)} ON CONFLICT DO NOTHING`),
    );
    this.#release = store.query(`DELETE FROM contents WHERE id = ?
      AND NOT EXISTS (SELECT 1 FROM entries WHERE content = ?) AND NOT EXISTS (SELECT 1 FROM past WHERE content = ?)`);
    this.#dropList = store.query('DELETE FROM chunks WHERE content = ?');
    this.#dropHooks = store.query('DELETE FROM hooks WHERE content = ?');
  }

  /** The content's row id, or undefined where nothing refers to it. */
  find(content: Content): number | undefined {
    return this.#find.get(Buffer.from(content.hash, 'hex'), content.sizeBytes)?.id;
  }

  /** The content's row id, made where it is new. */
  intern(content: Content): number {
    const hash = Buffer.from(content.hash, 'hex');
    const id = this.#insert.insertNew(hash, content.sizeBytes) ?? this.#find.get(hash, content.sizeBytes)?.id;
    if (id === undefined) throw new BtsootError('internal', 'a content is neither new to the manifest nor known to it');
    return id;
  }

  /** As `intern`, of many. */
  internAll(contents: readonly Content[]): number[] {
    return [...this.#insertAll(contents)].flatMap(([insert, some]) => {
      const values = some.flatMap(({ hash, sizeBytes }) => [Buffer.from(hash, 'hex'), sizeBytes]);
      const { rows, last } = insert.insertAll(...values);
      const first = last - some.length + 1;
      const [oldest] = some;
      // Where all are new, SQLite has counted them through: it says so itself, and the first one's id is the proof.
      const areInOrder = rows === some.length && oldest !== undefined && this.find(oldest) === first;
      return areInOrder ? some.map((_, index) => first + index) : some.map((content) => this.intern(content));
    });
  }

  /** Forgets the content unless something still refers to it. */
  release(id: number): void {
    if (this.#release.run(id, id, id) === 0) return;
    this.#dropList.run(id);
    this.#dropHooks.run(id);
  }
}
