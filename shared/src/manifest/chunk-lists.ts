import type { Content } from '../model/entry.js';
import { limits } from '../model/limits.js';
import type { Contents } from './contents.js';
import type { Query, Store } from './store.js';

interface ContentRow {
  readonly hash: Buffer;
  readonly size: number;
}

/** Packed chunk lists of contents, opaque here, and the hooks by which contents that share chunks are found. */
export class ChunkLists {
  readonly #contents: Contents;
  readonly #list: Query<{ list: Buffer }>;
  readonly #setList: Query;
  readonly #dropHooks: Query;
  readonly #addHook: Query;
  readonly #holders: Query<{ content: number }>;
  readonly #content: Query<ContentRow>;

  constructor(store: Store, contents: Contents) {
    this.#contents = contents;
    this.#list = store.query('SELECT list FROM chunks WHERE content = ?');
    this.#setList = store.query(
      'INSERT INTO chunks (content, list) VALUES (?, ?) ON CONFLICT (content) DO UPDATE SET list = excluded.list',
    );
    this.#dropHooks = store.query('DELETE FROM hooks WHERE content = ?');
    this.#addHook = store.query('INSERT INTO hooks (hook, content) VALUES (?, ?) ON CONFLICT DO NOTHING');
    this.#holders = store.query(
      `SELECT content FROM hooks WHERE hook = ? ORDER BY content DESC LIMIT ${limits.contentsPerHookMax}`,
    );
    this.#content = store.query('SELECT hash, size FROM contents WHERE id = ?');
  }

  get(content: Content): Buffer | null {
    const id = this.#contents.find(content);
    return (id === undefined ? undefined : this.#list.get(id)?.list) ?? null;
  }

  set(content: Content, packed: Buffer): void {
    this.#setList.run(this.#contents.intern(content), packed);
  }

  setHooks(content: Content, hooks: readonly bigint[]): void {
    const id = this.#contents.intern(content);
    this.#dropHooks.run(id);
    for (const hook of hooks) this.#addHook.run(hook, id);
  }

  withHooks(hooks: readonly bigint[], most: number): Content[] {
    const shared = new Map<number, number>();
    for (const hook of new Set(hooks)) {
      for (const { content } of this.#holders.all(hook)) shared.set(content, (shared.get(content) ?? 0) + 1);
    }
    // Among equals the newest one is the likeliest to be like what is new.
    const ranked = [...shared].sort(([idA, countA], [idB, countB]) => countB - countA || idB - idA);
    return ranked.slice(0, most).flatMap(([id]) => {
      const row = this.#content.get(id);
      return row === undefined ? [] : [{ hash: row.hash.toString('hex'), sizeBytes: row.size }];
    });
  }
}
