import path from 'node:path';
import { byteString, type TreePath, toBytes } from '@btsoot/shared/model/bytes.js';
import { BtsootError } from '@btsoot/shared/model/errors.js';
import { parseTreePath } from '@btsoot/shared/model/names.js';

/** A path as JSON and addresses carry it: its bytes, which need not be text, in base64url. */
export function pathToken(treePath: TreePath): string {
  return toBytes(treePath).toString('base64url');
}

/** @throws BtsootError of kind `invalid` for what is no path inside a tree. */
export function parsePathToken(token: string): TreePath {
  if (!/^[\w-]*$/.test(token)) throw new BtsootError('invalid', 'a path came that is none', { hint: 'Load the page again.' });
  return parseTreePath(Buffer.from(token, 'base64url'));
}

/** An absolute directory that a person has typed, as a byte string. @throws BtsootError of kind `invalid`. */
export function parseTypedDirectory(text: string): string {
  const isAbsolute = text.startsWith('/') && !text.includes('\0');
  if (isAbsolute) return byteString(Buffer.from(path.resolve(text), 'utf8'));
  throw new BtsootError('invalid', `"${text}" is no directory to restore to`, {
    hint: 'Write it from the root on: /volume1/restored',
  });
}
