import { readFileSync } from 'node:fs';
import { BtsootError, errnoOf, fromSystemError } from '../model/errors.js';

/**
 * A file of /proc, as a byte string. @param file such as `/proc/self/mountinfo`
 * @throws BtsootError of kind `io`, which says so where /proc is not mounted.
 */
export function readProc(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw fromSystemError(error, `reading ${file}`);
    throw new BtsootError('io', `${file} is not there, and BTSOOT needs /proc`, {
      hint: 'Mount it: mount -t proc proc /proc. In a chroot or a container of your own, mount it there.',
      cause: error,
    });
  }
}
