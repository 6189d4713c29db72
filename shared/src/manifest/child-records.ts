import { compareBytes } from '../model/bytes.js';
import { entryRecord, FileRecords } from '../model/digest.js';
import { manifestFault } from '../model/errors.js';
import { Xxh3 } from '../model/xxh3.js';
import type { Reader } from './reader.js';
import { KIND_CODES, PARENT } from './rows.js';
import type { Query, Store } from './store.js';

/** Children that are read in one go. */
export const CHILDREN_PER_PAGE = 500;

/** A directory's digest, how many entries are below it, and their content's bytes. */
export interface Settled {
  readonly digest: string;
  readonly entryCount: number;
  readonly totalBytes: number;
}

/** Name and hash are hexadecimal digits. `isPlain`: 1 for a file that has nothing beside what is here. */
type Child = readonly [
  name: string,
  id: number,
  isPlain: 0 | 1,
  mode: number,
  uid: number,
  gid: number,
  mtimeUs: number,
  hash: string,
  sizeBytes: number,
];

/**
 * Reads directories' children for their digests alone. Nearly all are files with nothing special about them: these come as
 * text, many in one row, in a fraction of the time that it takes to make nodes of them.
 */
export class ChildRecords {
  readonly #reader: Reader;
  readonly #first: Query<{ children: string }>;
  readonly #next: Query<{ children: string }>;
  readonly #hash = new Xxh3();
  readonly #files = new FileRecords((bytes) => this.#hash.update(bytes));

  constructor(store: Store, reader: Reader) {
    this.#reader = reader;
    const pageOf = (condition: string): Query<{ children: string }> =>
      store.query(`SELECT json_group_array(json_array(hex(name), id,
        kind = ${KIND_CODES.file} AND hash IS NOT NULL AND link_group IS NULL AND xattrs IS NULL,
        mode, uid, gid, mtime_us, hex(hash), size)) AS children
      FROM (SELECT e.name, e.id, e.kind, e.mode, e.uid, e.gid, e.mtime_us, e.link_group, e.xattrs, c.hash, c.size
        FROM entries e LEFT JOIN contents c ON c.id = e.content WHERE ${condition} ORDER BY e.name LIMIT ${CHILDREN_PER_PAGE})`);
    this.#first = pageOf(`e.parent = ${PARENT}`);
    this.#next = pageOf(`e.parent = ${PARENT} AND e.name > ?`);
  }

  /** The digests of the subdirectories must have been computed. */
  settle(directoryId: number): Settled {
    let [entryCount, totalBytes] = [0, 0];
    this.#hash.reset();
    for (const page of this.#pages(directoryId)) {
      for (const [name, id, isPlain, mode, uid, gid, mtimeUs, hash, sizeBytes] of page) {
        entryCount += 1;
        if (isPlain === 1) {
          this.#files.add(name, { mode, uid, gid, mtimeUs }, hash, sizeBytes);
          totalBytes += sizeBytes;
          continue;
        }
        const node = this.#reader.row(id);
        if (node === undefined) throw manifestFault(`the manifest has lost row ${id}`);
        this.#files.flush();
        this.#hash.update(entryRecord(node));
        if (node.kind === 'directory') {
          entryCount += node.entryCount;
          totalBytes += node.totalBytes;
        } else if (node.kind === 'file') totalBytes += node.content?.sizeBytes ?? 0;
      }
    }
    this.#files.flush();
    return { digest: this.#hash.digest(), entryCount, totalBytes };
  }

  *#pages(directoryId: number): Generator<Child[], void> {
    let row = this.#first.get(directoryId);
    for (;;) {
      const page = JSON.parse(row?.children ?? '[]') as Child[];
      // SQLite does not promise in which order an aggregate sees rows.
      page.sort(([a], [b]) => compareBytes(a, b));
      yield page;
      const [last] = page.at(-1) ?? [];
      if (last === undefined || page.length < CHILDREN_PER_PAGE) return;
      row = this.#next.get(directoryId, Buffer.from(last, 'hex'));
    }
  }
}
