import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { BtsootError, fromSystemError } from '@btsoot/shared/model/errors.js';

export interface Lock {
  release(): void;
}

/**
 * Takes a lock that ends with its process, however it ends: SQLite's exclusive lock on a tiny database, which the
 * kernel keeps. There are no stale locks, and no process ids to mistake. Also held against this same process.
 * @throws BtsootError of kind `busy` with `busyMessage` where somebody holds it.
 */
export async function takeLock(file: string, busyMessage: string): Promise<Lock> {
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  const { default: Database } = await import('better-sqlite3');
  try {
    const database = new Database(file, { timeout: 0 });
    try {
      database.pragma('journal_mode = MEMORY'); // nothing is ever written
      database.exec('BEGIN EXCLUSIVE');
    } catch (error) {
      database.close();
      throw error;
    }
    return { release: () => database.close() };
  } catch (error) {
    if (error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY')) {
      throw new BtsootError('busy', busyMessage, { hint: 'Wait for it to end, then run this again.' });
    }
    throw fromSystemError(error, `locking ${file}`);
  }
}

export async function withLock<T>(file: string, busyMessage: string, work: () => Promise<T>): Promise<T> {
  const lock = await takeLock(file, busyMessage);
  try {
    return await work();
  } finally {
    lock.release();
  }
}
