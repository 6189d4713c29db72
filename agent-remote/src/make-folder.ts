import { mkdirSync } from 'node:fs';
import type { TreeRoot } from '@btsoot/shared/disk/tree-root.js';
import { display, joinPath, ROOT_PATH, splitPath, type TreePath } from '@btsoot/shared/model/bytes.js';
import { BtsootError, errnoOf, fromSystemError } from '@btsoot/shared/model/errors.js';

/**
 * Makes a folder below the root with all that leads to it. What is there stays as it is.
 * @throws BtsootError of kind `exists` where something that is no folder is in the way, a symlink included.
 */
export function makeFolder(root: TreeRoot, folder: TreePath): void {
  let reached = ROOT_PATH;
  for (const name of splitPath(folder)) {
    reached = joinPath(reached, name);
    makeOne(root, reached);
  }
}

function makeOne(root: TreeRoot, folder: TreePath): void {
  try {
    root.at(folder, (place) => mkdirSync(place, { mode: 0o755 }));
  } catch (error) {
    if (errnoOf(error) !== 'EEXIST') throw fromSystemError(error, `making the folder "${display(folder)}"`);
    requireDirectory(root, folder);
  }
}

function requireDirectory(root: TreeRoot, folder: TreePath): void {
  try {
    root.directory(folder).close();
  } catch (error) {
    throw new BtsootError('exists', `"${display(folder)}" is there already, and is no folder`, {
      hint: 'Choose another folder, or move it out of the way.',
      cause: error,
    });
  }
}
