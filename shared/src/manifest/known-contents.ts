import type Sqlite from 'better-sqlite3';
import { type Name, splitPath, type TreePath, toBytes } from '../model/bytes.js';
import type { Content } from '../model/entry.js';
import { limits } from '../model/limits.js';
import type { Seen } from '../model/seen.js';
import { ROOT_ID } from './areas.js';
import { packSeen } from './packed-seen.js';
import { inSqlite, openReadOnly, type ReadOnly } from './read-only.js';
import { KIND_CODES } from './rows.js';
import { NEWEST_VERSION } from './schema.js';

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
  readonly #folderIn: Sqlite.Statement<unknown[], number>;
  /** The last one that was asked for, and its row: most files lie in the same one as the file before. */
  #folder: { readonly path: TreePath; readonly id: number | null } | null = null;

  private constructor(file: string, { db }: ReadOnly) {
    this.#file = file;
    this.#db = db;
    this.#seenSo = db.prepare(`SELECT c.id, c.hash, c.size FROM entries e JOIN contents c ON c.id = e.content
      WHERE e.parent = ? AND e.name = ? AND e.seen = ?`);
    this.#folderIn = db
      .prepare<unknown[], number>(`SELECT id FROM entries WHERE parent = ? AND name = ? AND kind = ${KIND_CODES.directory}`)
      .pluck();
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
   * What was in the file of that name that looked so to the last digit: a file that was changed since, or may have been, looks
   * otherwise. Without its name it could be another one, where inode numbers change and only writes change times (exFAT, SFTP).
   * @param folder its folder's path in this manifest's tree
   * @param seen its device as this manifest's tree numbers them
   */
  of(folder: TreePath, name: Name, seen: Seen): KnownContent | null {
    return inSqlite(this.#file, () => {
      const parent = this.#folderId(folder);
      const row = parent === null ? undefined : this.#seenSo.get(parent, toBytes(name), packSeen(seen));
      if (row === undefined) return null;
      const chunks = row.size < limits.chunkedSizeMinBytes ? null : (this.#chunks.get(row.id) ?? null);
      return { content: { hash: row.hash.toString('hex'), sizeBytes: row.size }, chunks };
    });
  }

  #folderId(path: TreePath): number | null {
    if (this.#folder?.path === path) return this.#folder.id;
    let id: number | null = ROOT_ID;
    for (const name of splitPath(path)) id = id === null ? null : (this.#folderIn.get(id, toBytes(name)) ?? null);
    this.#folder = { path, id };
    return id;
  }

  close(): void {
    this.#db.close();
  }
}
