import type { Name, TreePath } from './bytes.js';
import { byteString } from './bytes.js';
import { BtsootError } from './errors.js';
import { limits } from './limits.js';

/**
 * Reads one name from bytes that nobody vouches for.
 * @throws BtsootError of kind `invalid` for an empty name, `.`, `..`, a `/` or NUL in it, or one over the length limit.
 */
export function parseName(bytes: Uint8Array): Name {
  const name = byteString(bytes);
  const fault = nameFault(name);
  if (fault !== null) throw new BtsootError('invalid', `a file name ${fault}`, { hint: 'Rename it, or name another one.' });
  return name as Name;
}

/**
 * Reads a path inside a tree from bytes that nobody vouches for. Empty bytes are the root.
 * @throws BtsootError of kind `invalid` as `parseName`, and for paths over the length or depth limit.
 */
export function parseTreePath(bytes: Uint8Array): TreePath {
  if (bytes.byteLength > limits.pathLengthMaxBytes) {
    throw new BtsootError('invalid', `a path of ${bytes.byteLength} bytes is over the limit of ${limits.pathLengthMaxBytes}`, {
      hint: 'Rename it, or name another one.',
    });
  }
  const path = byteString(bytes);
  if (path === '') return path as TreePath;
  const names = path.split('/');
  if (names.length > limits.pathDepthMax) {
    throw new BtsootError('invalid', `a path ${names.length} folders deep is over the limit of ${limits.pathDepthMax}`, {
      hint: 'Rename it, or name another one.',
    });
  }
  for (const name of names) {
    const fault = nameFault(name);
    if (fault !== null)
      throw new BtsootError('invalid', `a path whose part ${fault}`, { hint: 'Rename it, or name another one.' });
  }
  return path as TreePath;
}

function nameFault(name: string): string | null {
  if (name === '') return 'is empty';
  if (name === '.' || name === '..') return `is "${name}"`;
  if (name.includes('/')) return 'holds a slash';
  if (name.includes('\0')) return 'holds a NUL byte';
  if (name.length > limits.nameLengthMaxBytes)
    return `is ${name.length} bytes long, over the limit of ${limits.nameLengthMaxBytes}`;
  return null;
}
