import { lstatSync, readdirSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { pathBytes } from '@btsoot/shared/disk/byte-path.js';
import { mountPointsBelow } from '@btsoot/shared/disk/file-system.js';
import { byteString, display, isWithin, type TreePath } from '@btsoot/shared/model/bytes.js';
import { BtsootError, errnoOf, fromSystemError } from '@btsoot/shared/model/errors.js';
import { OWN_FOLDER } from './targets.js';

/**
 * Refuses a folder to restore to that is, holds or lies in a mirror on this machine, or a remote's records. What a restore
 * replaces there would be the copy itself, whose content the remote then no longer has, and no history would keep it.
 * @param to absolute, a byte string; need not be there
 * @param roots of remotes on this machine, as far as they are known: absolute byte strings, which need not be there
 * @throws BtsootError of kind `invalid`.
 */
export function refuseMirror(to: string, roots: readonly string[]): void {
  const real = realPlace(to);
  const kept = keptAbove(real, real);
  if (kept !== null) {
    const what = kept === real ? 'it' : display(kept);
    throw new BtsootError('invalid', `${display(to)} cannot be restored to: ${what} belongs to a remote`, {
      hint: 'Choose a folder outside of it, and copy from there what you need.',
    });
  }
  const root = rootWithin(real, roots);
  if (root !== undefined) {
    throw new BtsootError('invalid', `${display(to)} cannot be restored to: a remote's folder ${display(root)} lies in it`, {
      hint: 'Choose a folder beside it, and copy from there what you need.',
    });
  }
}

/**
 * A mirror, or a remote's records, that a folder is, holds or lies in; null where there is none. All are absolute byte strings
 * without symlinks.
 * @param from where remotes' roots are looked for: here and in all folders above
 */
export function keptAbove(folder: string, from: string): string | null {
  for (let above = from; ; above = path.posix.dirname(above)) {
    const kept = keptAt(above, path.posix.relative(above, folder));
    if (kept !== null || above === '/') return kept;
  }
}

/**
 * A remote's root that a folder (a byte string without symlinks) is or holds; undefined where there is none. A disk that is mounted there
 * may be a remote's, though nobody here has heard of it.
 */
export function rootWithin(folder: string, known: readonly string[]): string | undefined {
  const roots = known.filter(isThere).map(realPlace);
  const mounted = (isThere(folder) ? mountPointsBelow(folder) : []).filter(
    (point) => namesIn(`${point}/${OWN_FOLDER}/blocks`) !== null,
  );
  const prefix = folder === '/' ? folder : `${folder}/`;
  return [...roots, ...mounted].find((root) => root === folder || root.startsWith(prefix));
}

function isThere(folder: string): boolean {
  return lstatSync(pathBytes(folder), { throwIfNoEntry: false }) !== undefined;
}

/** What of a remote with this root, if it is one, a folder below it touches. */
function keptAt(root: string, below: string): string | null {
  const own = path.posix.join(root, OWN_FOLDER);
  const blocks = namesIn(`${own}/blocks`);
  if (blocks === null) return null;
  if (below === '') return root;
  // Whatever the case: the disk may be one that does not tell them apart.
  const place = foldCase(below);
  if (isWithin(place, foldCase(OWN_FOLDER))) return own;
  const touched = blocks.map(folderOf).find((folder) => {
    const other = foldCase(folder);
    return isWithin(place, other) || isWithin(other, place);
  });
  return touched === undefined ? null : path.posix.join(root, touched);
}

/** The folder of a block, by the name that its remote gives its records. */
function folderOf(name: string): string {
  return name.replace(/%([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

function foldCase(place: string): TreePath {
  return place.replace(/[A-Z]/g, (letter) => letter.toLowerCase()) as TreePath;
}

/** Null where there is no such folder, or it is somebody else's. */
function namesIn(folder: string): string[] | null {
  try {
    return readdirSync(pathBytes(folder), 'latin1');
  } catch {
    return null;
  }
}

/** Without symlinks, as far as it is there. */
function realPlace(to: string): string {
  const place = path.posix.normalize(to);
  try {
    return byteString(realpathSync(pathBytes(place), 'buffer'));
  } catch (error) {
    const isMissing = errnoOf(error) === 'ENOENT' && lstatSync(pathBytes(place), { throwIfNoEntry: false }) === undefined;
    if (!isMissing) throw fromSystemError(error, `${display(to)} cannot be restored to`);
    return path.posix.join(realPlace(path.posix.dirname(place)), path.posix.basename(place));
  }
}
