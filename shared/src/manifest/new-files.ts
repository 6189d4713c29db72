import { type Name, toBytes } from '../model/bytes.js';
import type { Content, Metadata } from '../model/entry.js';
import type { Seen } from '../model/seen.js';
import { inParts, type Parts, placeholders } from './batches.js';
import type { Contents } from './contents.js';
import { KIND_CODES, PARENT, xattrsColumn } from './rows.js';
import { seenColumns } from './sightings.js';
import type { Query, Store, Value } from './store.js';

/** A file that has one name in the tree. */
export interface NewFile {
  readonly name: Name;
  readonly meta: Metadata;
  readonly content: Content;
  readonly seen: Seen;
}

/** Inserts files of one directory, many with one statement. */
export class NewFiles {
  readonly #contents: Contents;
  readonly #insert: Parts<Query>;
  readonly #child: Query<{ id: number }>;
  readonly #there: Parts<Query<{ id: number }>>;

  constructor(store: Store, contents: Contents) {
    this.#contents = contents;
    this.#insert = inParts((count) =>
      store.query(`INSERT INTO entries (kind, parent, name, born, seen, dev, ino, xattrs, mode, uid, gid, mtime_us, content)
        VALUES ${placeholders(`(${KIND_CODES.file}, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, count)}`),
    );
    this.#child = store.query(`SELECT id FROM entries WHERE parent = ${PARENT} LIMIT 1`);
    this.#there = inParts((count) =>
      store.query(`SELECT id FROM entries WHERE parent = ${PARENT} AND name IN (${placeholders('?', count)}) LIMIT 1`),
    );
  }

  /** Whether the directory has an entry of any of these names. */
  isAnyThere(parent: number, files: readonly NewFile[]): boolean {
    if (this.#child.get(parent) === undefined) return false;
    for (const [query, some] of this.#there(files))
      if (query.get(parent, ...some.map(({ name }) => toBytes(name))) !== undefined) return true;
    return false;
  }

  /** Of which none is there. @returns their row ids */
  insert(parent: number, era: number, files: readonly NewFile[]): number[] {
    const ids: number[] = [];
    const contentIds = this.#contents.internAll(files.map(({ content }) => content));
    for (const [query, some] of this.#insert(files)) {
      const values: Value[] = [];
      for (const [index, { name, meta, seen }] of some.entries()) {
        const { mode, uid, gid, mtimeUs, xattrs } = meta;
        values.push(parent, toBytes(name), era, ...seenColumns(seen), xattrsColumn(xattrs));
        values.push(mode, uid, gid, mtimeUs, contentIds[ids.length + index] ?? null);
      }
      const last = query.insert(...values);
      // AUTOINCREMENT gives each row one more than the largest id that there ever was.
      for (let id = last - some.length + 1; id <= last; id++) ids.push(id);
    }
    return ids;
  }
}
