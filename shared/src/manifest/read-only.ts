import { statSync } from 'node:fs';
import Sqlite from 'better-sqlite3';
import { BtsootError } from '../model/errors.js';
import { APPLICATION_ID, NEWEST_VERSION } from './schema.js';
import { damaged, fromSqlite } from './sqlite-errors.js';

const BUSY_TIMEOUT_MS = 2_000;

/** A manifest's database, open to somebody who changes nothing in it: not even an old schema is brought up to date. */
export interface ReadOnly {
  readonly db: Sqlite.Database;
  readonly schemaVersion: number;
}

/**
 * Opens the database for what `use` makes of it.
 * @returns null where there is no such file.
 * @throws BtsootError of kind `version` where a newer program made it; otherwise as sqlite-errors.ts maps what SQLite says.
 */
export function openReadOnly<T>(file: string, use: (opened: ReadOnly) => T): T | null {
  if (statSync(file, { throwIfNoEntry: false }) === undefined) return null;
  return inSqlite(file, () => {
    const db = new Sqlite(file, { readonly: true, fileMustExist: true, timeout: BUSY_TIMEOUT_MS });
    try {
      return use({ db, schemaVersion: checkedVersion(db, file) });
    } catch (error) {
      db.close();
      throw error;
    }
  });
}

function checkedVersion(db: Sqlite.Database, file: string): number {
  const version = db.pragma('user_version', { simple: true }) as number;
  if (db.pragma('application_id', { simple: true }) !== APPLICATION_ID) throw damaged(file, 'it is no manifest');
  if (version <= NEWEST_VERSION) return version;
  throw new BtsootError('version', `the manifest ${file} has schema version ${version}; this program knows ${NEWEST_VERSION}`, {
    hint: 'A newer BTSOOT made it: update this one.',
  });
}

/** @throws BtsootError, as sqlite-errors.ts maps what SQLite says. */
export function inSqlite<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw fromSqlite(error, file);
  }
}
