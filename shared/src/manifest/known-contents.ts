import type Sqlite from 'better-sqlite3';
import type { Content } from '../model/entry.js';
import { limits } from '../model/limits.js';
import type { Seen } from '../model/seen.js';
import { inSqlite, openReadOnly, type ReadOnly } from './read-only.js';
import { NEWEST_VERSION } from './schema.js';
import { seenColumns } from './sightings.js';

/** What a file holds, and the packed chunk list of that, which smaller ones have not. */
export interface KnownContent {
  readonly content: Content;
  readonly chunks: Buffer | null;
}

interface ContentRow {
  readonly id: number;
  readonly hash: Buffer;
  readonly size: number;
}

/**
 * A manifest, as the scan of another one asks it what files hold. While its owner writes to it, it answers by what was committed
 * last. All calls throw BtsootErrors (see sqlite-errors.ts).
 */
export class KnownContents {
  readonly #file: string;
  readonly #db: Sqlite.Database;
  readonly #seenSo: Sqlite.Statement<unknown[], ContentRow>;
  readonly #chunks: Sqlite.Statement<[number], Buffer>;

  private constructor(file: string, { db }: ReadOnly) {
    this.#file = file;
    this.#db = db;
    this.#seenSo = db.prepare(`SELECT c.id, c.hash, c.size FROM entries e JOIN contents c ON c.id = e.content
      WHERE e.seen = ? AND e.dev = ? AND e.ino = ? LIMIT 1`);
    this.#chunks = db.prepare<[number], Buffer>('SELECT list FROM chunks WHERE content = ?').pluck();
  }

  /** @returns null where there is no such file, or it waits for its owner to bring its schema up to date. */
  static open(file: string): KnownContents | null {
    return openReadOnly(file, (opened) => {
      if (opened.schemaVersion === NEWEST_VERSION) return new KnownContents(file, opened);
      opened.db.close();
      return null;
    });
  }

  /**
   * What was in the file that looked so to the last digit: a file that was changed since, or may have been, looks otherwise.
   * @param seen its device as this manifest's tree numbers them
   */
  of(seen: Seen): KnownContent | null {
    return inSqlite(this.#file, () => {
      const row = this.#seenSo.get(...seenColumns(seen));
      if (row === undefined) return null;
      const chunks = row.size < limits.chunkedSizeMinBytes ? null : (this.#chunks.get(row.id) ?? null);
      return { content: { hash: row.hash.toString('hex'), sizeBytes: row.size }, chunks };
    });
  }

  close(): void {
    this.#db.close();
  }
}
