import { statSync } from 'node:fs';
import type Sqlite from 'better-sqlite3';
import { HISTORY_ID } from './areas.js';
import { inSqlite, openReadOnly, type ReadOnly } from './read-only.js';

/** Complaints of SQLite's check that are told. */
const COMPLAINTS_MAX = 3;
/** Version 4 of the schema brought the table of damage. */
const DAMAGE_SINCE = 4;

/** What a manifest says of itself. Times are microseconds since the epoch. */
export interface ManifestFacts {
  readonly file: string;
  readonly sizeBytes: number;
  readonly schemaVersion: number;
  /** Whether steps were cut off, and wait for the next session. */
  readonly isJournalOpen: boolean;
  /** Folders that a scan has looked at. */
  readonly folders: number;
  /** Files of the tree and of history that are known to be damaged. */
  readonly damaged: number;
  /** When the newest session began; 0 for none. */
  readonly newestSessionUs: number;
}

/**
 * A manifest as somebody looks at it who changes nothing: no schema is brought up to date, nothing is repaired.
 * All calls throw BtsootErrors (see sqlite-errors.ts).
 */
export class ManifestInspection {
  readonly #db: Sqlite.Database;
  readonly #file: string;
  readonly #schemaVersion: number;
  readonly #slot: Sqlite.Statement<[Buffer], unknown>;

  private constructor(file: string, { db, schemaVersion }: ReadOnly) {
    this.#db = db;
    this.#file = file;
    this.#schemaVersion = schemaVersion;
    this.#slot = db.prepare(`SELECT 1 FROM entries WHERE parent = ${HISTORY_ID} AND name = ?`);
  }

  /** @returns null where there is no such file. */
  static open(file: string): ManifestInspection | null {
    return openReadOnly(file, (opened) => new ManifestInspection(file, opened));
  }

  facts(): ManifestFacts {
    return inSqlite(this.#file, () => ({
      file: this.#file,
      sizeBytes: statSync(this.#file).size,
      schemaVersion: this.#schemaVersion,
      isJournalOpen: this.#number('SELECT count(*) FROM journal') > 0,
      folders: this.#number('SELECT count(*) FROM listings'),
      damaged: this.#schemaVersion < DAMAGE_SINCE ? 0 : this.#number('SELECT count(*) FROM damage'),
      newestSessionUs: this.#number('SELECT ifnull(max(started_us), 0) FROM sessions'),
    }));
  }

  setting(key: string): string | null {
    return inSqlite(this.#file, () => {
      const value = this.#db.prepare<[string], string>('SELECT value FROM settings WHERE key = ?').pluck().get(key);
      return value ?? null;
    });
  }

  /** Whether an old version of that name is known. */
  hasSlot(name: Buffer): boolean {
    return inSqlite(this.#file, () => this.#slot.get(name) !== undefined);
  }

  /** Reads all of the database, and returns what is wrong with it; empty where nothing is. Takes seconds for each 100 MB. */
  complaints(): string[] {
    return inSqlite(this.#file, () => {
      const rows = this.#db.prepare<[], string>(`PRAGMA quick_check(${COMPLAINTS_MAX})`).pluck().all();
      return rows.filter((row) => row !== 'ok');
    });
  }

  close(): void {
    this.#db.close();
  }

  #number(sql: string): number {
    return this.#db.prepare<[], number>(sql).pluck().get() ?? 0;
  }
}
