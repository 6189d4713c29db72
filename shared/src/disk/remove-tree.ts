import { lstatSync, readdirSync, rmdirSync, unlinkSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { byteString, display, joinPath, type Name, ROOT_PATH, type TreePath } from '../model/bytes.js';
import { errnoOf, fromSystemError } from '../model/errors.js';
import { changeMode } from './metadata.js';
import type { OpenDirectory, TreeRoot } from './tree-root.js';

const removalsPerTurn = 500;
/** What `stat` counts in, on every file system. */
const statBlockBytes = 512;

/**
 * Removes what is called `name` directly below the root, with all that is in it, if it is there. Folders that their
 * mode protects are made writable first, symlinks are never followed, and other work gets its turn in between.
 * @returns about how many bytes that has made free
 */
export async function removeTree(root: TreeRoot, name: Name): Promise<number> {
  try {
    if (isDirectory(root, joinPath(ROOT_PATH, name))) return await removeDirectory(root, joinPath(ROOT_PATH, name));
    return root.at(joinPath(ROOT_PATH, name), removeFile);
  } catch (error) {
    throw fromSystemError(error, `removing "${display(name)}"`);
  }
}

/** Reaches each folder from the root anew: however deep the tree, only one folder is open at a time. */
async function removeDirectory(root: TreeRoot, path: TreePath): Promise<number> {
  root.at(path, makeWritable);
  const directory = root.directory(path);
  let inside: { readonly folders: readonly Name[]; readonly freedBytes: number };
  try {
    inside = await removeFiles(directory);
  } finally {
    directory.close();
  }
  let { freedBytes } = inside;
  for (const folder of inside.folders) freedBytes += await removeDirectory(root, joinPath(path, folder));
  root.at(path, (place) => ignoreAbsence(() => rmdirSync(place)));
  return freedBytes;
}

/** Removes all but the folders, and returns their names. */
async function removeFiles(directory: OpenDirectory): Promise<{ folders: Name[]; freedBytes: number }> {
  const folders: Name[] = [];
  let freedBytes = 0;
  let removals = 0;
  for (const entry of readdirSync(directory.place('.' as Name), { encoding: 'buffer', withFileTypes: true })) {
    const name = byteString(entry.name) as Name;
    if (entry.isDirectory()) folders.push(name);
    else freedBytes += removeFile(directory.place(name));
    if (++removals % removalsPerTurn === 0) await setImmediate();
  }
  await setImmediate();
  return { folders, freedBytes };
}

/** A file that has another name keeps its bytes. */
function removeFile(place: Buffer): number {
  const stats = lstatSync(place, { throwIfNoEntry: false });
  if (stats === undefined) return 0;
  ignoreAbsence(() => unlinkSync(place));
  return stats.nlink === 1 ? stats.blocks * statBlockBytes : 0;
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
