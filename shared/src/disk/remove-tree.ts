import { lstatSync, readdirSync, rmdirSync, unlinkSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { byteString, display, joinPath, type Name, ROOT_PATH, type TreePath } from '../model/bytes.js';
import { errnoOf, fromSystemError } from '../model/errors.js';
import { changeMode } from './metadata.js';
import type { OpenDirectory, TreeRoot } from './tree-root.js';

const removalsPerTurn = 500;

/**
 * Removes what is called `name` directly below the root, with all that is in it, if it is there. Folders that their
 * mode protects are made writable first, symlinks are never followed, and other work gets its turn in between.
 */
export async function removeTree(root: TreeRoot, name: Name): Promise<void> {
  try {
    if (isDirectory(root, joinPath(ROOT_PATH, name))) await removeDirectory(root, joinPath(ROOT_PATH, name));
    else root.at(joinPath(ROOT_PATH, name), (place) => ignoreAbsence(() => unlinkSync(place)));
  } catch (error) {
    throw fromSystemError(error, `removing "${display(name)}"`);
  }
}

/** Reaches each folder from the root anew: however deep the tree, only one folder is open at a time. */
async function removeDirectory(root: TreeRoot, path: TreePath): Promise<void> {
  root.at(path, makeWritable);
  const directory = root.directory(path);
  let folders: Name[];
  try {
    folders = await removeFiles(directory);
  } finally {
    directory.close();
  }
  for (const folder of folders) await removeDirectory(root, joinPath(path, folder));
  root.at(path, (place) => ignoreAbsence(() => rmdirSync(place)));
}

/** Removes all but the folders, and returns their names. */
async function removeFiles(directory: OpenDirectory): Promise<Name[]> {
  const folders: Name[] = [];
  let removals = 0;
  for (const entry of readdirSync(directory.place('.' as Name), { encoding: 'buffer', withFileTypes: true })) {
    const name = byteString(entry.name) as Name;
    if (entry.isDirectory()) folders.push(name);
    else ignoreAbsence(() => unlinkSync(directory.place(name)));
    if (++removals % removalsPerTurn === 0) await setImmediate();
  }
  await setImmediate();
  return folders;
}

/** Somebody may hold a folder open since before it came here, and put a symlink where lstat saw another folder. */
function makeWritable(place: Buffer): void {
  if ((lstatSync(place).mode & 0o700) !== 0o700) changeMode(place, 0o700);
}

function isDirectory(root: TreeRoot, path: TreePath): boolean {
  return root.at(path, (place) => lstatSync(place, { throwIfNoEntry: false })?.isDirectory() === true);
}

function ignoreAbsence(work: () => void): void {
  try {
    work();
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
  }
}
