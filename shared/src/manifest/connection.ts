import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import Sqlite from 'better-sqlite3';
import { mayBeShared } from '../model/file-system-type.js';
import { fromSqlite, isDamage } from './sqlite-errors.js';

/** A Pi has little memory, and reads are by key: 4 MiB of pages serve as well as more. Negative: KiB. */
const CACHE_SIZE = -4096;
/** The write-ahead log is cut back to this after a large transaction. */
const LOG_SIZE_MAX_BYTES = 16 * 1024 * 1024;
/** Another process (a status command) may hold the file for a moment. */
const BUSY_TIMEOUT_MS = 5_000;
/**
 * SQLite makes sure of the room for its shared memory with one byte in each page of so many. Where the disk's blocks are
 * smaller, the rest of the page has none, and a process that writes there when the disk is full is killed by SIGBUS.
 */
const SHARED_PAGE_BYTES = 4096n;

/**
 * Opens or creates a database file, with a write-ahead log where the file system allows one and a rollback journal
 * where it does not. A commit is durable when it returns.
 * @throws BtsootError, as sqlite-errors.ts maps what SQLite says.
 */
export function connect(file: string): Sqlite.Database {
  try {
    return (mayHaveLog(file) ? openWithLog(file) : null) ?? openWithJournal(file);
  } catch (error) {
    throw fromSqlite(error, file);
  }
}

/**
 * Nor with the log where another machine may look at the same file: they would share no memory, and neither know what the
 * other has written. And such a file system can vanish from under the memory that is mapped to it.
 */
function mayHaveLog(file: string): boolean {
  try {
    const { bsize, type } = statfsSync(dirname(file), { bigint: true });
    return bsize >= SHARED_PAGE_BYTES && !mayBeShared(type);
  } catch {
    // What is wrong with the folder is said when the file is opened.
    return true;
  }
}

function openWithLog(file: string): Sqlite.Database | null {
  const db = new Sqlite(file, { timeout: BUSY_TIMEOUT_MS });
  try {
    configure(db);
    // The log needs shared memory and locks that CIFS and some FUSE file systems lack; only a try at writing tells.
    if (db.pragma('journal_mode = WAL', { simple: true }) === 'wal') {
      db.exec('BEGIN IMMEDIATE; ROLLBACK');
      return db;
    }
  } catch (error) {
    if (isDamage(error) || isBusy(error)) {
      db.close();
      throw error;
    }
  }
  db.close();
  return null;
}

function openWithJournal(file: string): Sqlite.Database {
  const db = new Sqlite(file, { timeout: BUSY_TIMEOUT_MS });
  try {
    // A log left by another machine can be read without shared memory only under an exclusive lock.
    db.pragma('locking_mode = EXCLUSIVE');
    db.pragma('journal_mode = DELETE');
    db.pragma('locking_mode = NORMAL');
    // The lock is let go at the next access.
    db.pragma('user_version');
    configure(db);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

function configure(db: Sqlite.Database): void {
  db.pragma(`cache_size = ${CACHE_SIZE}`);
  db.pragma('temp_store = MEMORY');
  db.pragma('synchronous = FULL');
  db.pragma('foreign_keys = OFF');
  db.pragma('trusted_schema = OFF');
  db.pragma('cell_size_check = ON');
  db.pragma(`journal_size_limit = ${LOG_SIZE_MAX_BYTES}`);
}

function isBusy(error: unknown): boolean {
  return error instanceof Sqlite.SqliteError && error.code.startsWith('SQLITE_BUSY');
}
