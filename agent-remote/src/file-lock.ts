import { BtsootError } from '@btsoot/shared/model/errors.js';
import Database from 'better-sqlite3';

/** A lock that the kernel lets go of when its holder dies, however it dies, and that network file systems carry along. */
export interface FileLock {
  release(): void;
}

const waitMs = 10_000;

/** Takes the lock, or returns null where another process has it for longer than `patienceMs`. */
export function tryFileLock(file: string, patienceMs: number): FileLock | null {
  const database = new Database(file, { timeout: patienceMs });
  try {
    database.pragma('journal_mode = DELETE');
    database.exec('BEGIN IMMEDIATE');
  } catch (error) {
    database.close();
    if (error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY')) return null;
    throw new BtsootError('io', `locking ${file}: ${error instanceof Error ? error.message : String(error)}`, {
      hint: 'Can this user write to its folder, and is there room on its disk?',
      cause: error,
    });
  }
  return { release: () => database.close() };
}

/** Runs `work` while no other process runs anything under the same lock file. */
export function withFileLock<T>(file: string, work: () => T): T {
  const lock = tryFileLock(file, waitMs);
  if (lock === null)
    throw new BtsootError('busy', `${file} is locked by another process for more than ${waitMs / 1000} s`, {
      hint: 'Wait for it to end, then run this again.',
    });
  try {
    return work();
  } finally {
    lock.release();
  }
}
