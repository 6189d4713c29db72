import Sqlite from 'better-sqlite3';
import { byteString, display } from '../model/bytes.js';
import { BtsootError, type ErrorDetails, type ErrorKind } from '../model/errors.js';

/** SQLite's error codes to the project's kinds: the one map. Errors that are not SQLite's pass through. */
export function fromSqlite(error: unknown, file: string): unknown {
  if (!(error instanceof Sqlite.SqliteError)) return fromBinding(error, file);
  const kind = kindOf(error.code);
  if (kind === 'corrupt') return damaged(file, error.message, error);
  return new BtsootError(kind, `the manifest ${shown(file)}: ${error.message} (${error.code})`, {
    ...hintOf(kind),
    cause: error,
  });
}

function hintOf(kind: ErrorKind): ErrorDetails {
  switch (kind) {
    case 'busy':
      return { hint: 'Another command works on it: run this again when that has ended.' };
    case 'no-space':
      return { hint: 'Free some space on its disk, then run this again.' };
    case 'io':
      return { hint: 'Is its disk mounted, writable and sound? The kernel log (dmesg) may tell.' };
    default:
      return {};
  }
}

/** The error for a manifest file that cannot be believed. */
export function damaged(file: string, what: string, cause?: unknown): BtsootError {
  return new BtsootError('corrupt', `the manifest ${shown(file)} is damaged: ${what}`, {
    hint: `Move ${shown(file)} aside, with the -wal and -shm files beside it; the next scan makes a new manifest from the tree itself.`,
    cause,
  });
}

export function isDamage(error: unknown): boolean {
  return error instanceof Sqlite.SqliteError && kindOf(error.code) === 'corrupt';
}

function kindOf(code: string): ErrorKind {
  if (code === 'SQLITE_NOTADB' || code === 'SQLITE_IOERR_CORRUPTFS' || code.startsWith('SQLITE_CORRUPT')) return 'corrupt';
  if (code === 'SQLITE_FULL') return 'no-space';
  // Another process writes to the same manifest.
  if (code.startsWith('SQLITE_BUSY')) return 'busy';
  // The disk fails, was unplugged, is mounted read-only, or the folder is missing or not ours.
  if (/^SQLITE_(IOERR|READONLY|CANTOPEN|PERM|NOLFS)/.test(code)) return 'io';
  return 'internal';
}

/** better-sqlite3 checks the folder itself before SQLite is asked. */
function fromBinding(error: unknown, file: string): unknown {
  if (error instanceof TypeError && error.message.includes('directory does not exist')) {
    return new BtsootError('io', `the manifest ${shown(file)} cannot be made: its folder does not exist`, {
      hint: 'Make that folder, or mount its disk.',
      cause: error,
    });
  }
  return error;
}

function shown(file: string): string {
  return display(byteString(Buffer.from(file)));
}
