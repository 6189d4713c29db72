import path from 'node:path';
import { display, fromText, isWithin, type TreePath, toBytes } from '@btsoot/shared/model/bytes.js';
import { BtsootError } from '@btsoot/shared/model/errors.js';
import { parseTreePath } from '@btsoot/shared/model/names.js';

/**
 * Reads a path as a person types it: relative to the block, or absolute inside its source (a byte string).
 * @throws BtsootError of kind `invalid` for one that leads out of the block.
 */
export function parseBlockPath(text: string, source: string): TreePath {
  const typed = fromText(text);
  const inside = path.posix.isAbsolute(typed) ? belowSource(typed, source) : path.posix.normalize(typed);
  const trimmed = inside.replace(/\/+$/, '');
  if (trimmed === '.' || trimmed === '') return '' as TreePath;
  if (trimmed === '..' || trimmed.startsWith('../')) throw outside(typed, source);
  return parseTreePath(toBytes(trimmed));
}

function belowSource(typed: string, source: string): string {
  const absolute = path.posix.normalize(typed);
  const without = (text: string): TreePath => text.replace(/^\/+|\/+$/g, '') as TreePath;
  if (!isWithin(without(absolute), without(source))) throw outside(typed, source);
  return path.posix.relative(source, absolute);
}

function outside(typed: string, source: string): BtsootError {
  return new BtsootError('invalid', `${display(typed)} is not inside of the block`, {
    hint: `Name paths relative to ${display(source)}, or below it; --to says where to restore to.`,
  });
}
