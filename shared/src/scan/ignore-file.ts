import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import type { OpenDirectory } from '../disk/tree-root.js';
import { PatternList } from '../filter/pattern-list.js';
import { display, joinPath, type Name, type TreePath } from '../model/bytes.js';
import { BtsootError, errnoOf } from '../model/errors.js';
import { limits } from '../model/limits.js';

export const IGNORE_FILE = '.btsootignore' as Name;

/** A pipe of that name must not hold the scan up, nor a symlink lead out of the tree. */
const OPEN_FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK | constants.O_NOCTTY;

/** What a `.btsootignore` says cannot be known, which is not the same as that it says nothing. The message says why. */
export class UnknownRules extends Error {}

/**
 * The bytes of a folder's `.btsootignore` as a byte string; null where it has none.
 * @throws UnknownRules where it has one that cannot be read.
 */
export function readIgnoreFile(directory: OpenDirectory): string | null {
  let file: number;
  try {
    file = openSync(directory.place(IGNORE_FILE), OPEN_FLAGS);
  } catch (error) {
    const code = errnoOf(error);
    if (code === undefined) throw error;
    if (code === 'ENOENT') return null;
    throw unreadable(code === 'ELOOP' ? 'is a symbolic link, which is not followed' : `cannot be read (${code})`);
  }
  try {
    return readAll(file);
  } catch (error) {
    const code = errnoOf(error);
    throw code === undefined ? error : unreadable(`cannot be read (${code})`);
  } finally {
    closeSync(file);
  }
}

/** @throws UnknownRules for too many patterns. */
export function parseIgnoreFile(folder: TreePath, text: string): PatternList {
  try {
    return PatternList.parse(display(joinPath(folder, IGNORE_FILE)), text);
  } catch (error) {
    throw error instanceof BtsootError ? unreadable(`cannot be used: ${error.message}`) : error;
  }
}

function readAll(file: number): string {
  const before = fstatSync(file, { bigint: true });
  if (!before.isFile()) throw unreadable('is no regular file');
  if (before.size > limits.ignoreFileMaxBytes) throw tooLarge();
  const bytes = Buffer.alloc(limits.ignoreFileMaxBytes + 1);
  let length = 0;
  for (;;) {
    const count = readSync(file, bytes, length, bytes.length - length, null);
    if (count === 0) break;
    length += count;
    if (length > limits.ignoreFileMaxBytes) throw tooLarge();
  }
  const after = fstatSync(file, { bigint: true });
  if (after.size !== BigInt(length) || after.mtimeNs !== before.mtimeNs) throw unreadable('changed while it was read');
  return bytes.toString('latin1', 0, length);
}

function tooLarge(): UnknownRules {
  return unreadable(`is larger than ${limits.ignoreFileMaxBytes} bytes`);
}

function unreadable(why: string): UnknownRules {
  return new UnknownRules(`its ${IGNORE_FILE} ${why}`);
}
