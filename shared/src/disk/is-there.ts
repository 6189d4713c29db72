import { statSync } from 'node:fs';
import { display } from '../model/bytes.js';
import { errnoOf, fromSystemError } from '../model/errors.js';
import { type BytePath, pathBytes } from './byte-path.js';

/**
 * Whether something is at `path`, symlinks followed. What cannot be looked at is not taken for missing, as `existsSync` takes it.
 * @throws BtsootError of kind `io` where the disk or the share does not answer.
 */
export function isThere(path: BytePath): boolean {
  const bytes = pathBytes(path);
  try {
    statSync(bytes);
    return true;
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(errnoOf(error) ?? '')) return false;
    throw fromSystemError(error, `cannot look at ${display(bytes.toString('latin1'))}`);
  }
}
