import { readdirSync } from 'node:fs';
import { type OpenDirectory, openChild } from '../disk/tree-root.js';
import type { Manifest } from '../manifest/manifest.js';
import type { Name } from '../model/bytes.js';
import type { TreeNode } from '../model/entry.js';
import { errnoOf } from '../model/errors.js';
import type { Seen } from '../model/seen.js';

export interface MountSuspicion {
  readonly row: TreeNode;
  readonly before: Seen | null;
  readonly now: Seen;
  /** Of the directory that the entry was found in. */
  readonly parentDev: bigint;
  readonly parent: OpenDirectory;
  readonly manifest: Manifest;
}

/**
 * Whether a directory that used to be on a file system of its own is now an empty folder (or one that cannot be read) on
 * its parent's: that is a mount point whose disk is missing, and nobody has deleted anything.
 */
export function isUnmounted({ row, before, now, parentDev, parent, manifest }: MountSuspicion): boolean {
  if (row.kind !== 'directory' || before === null || before.dev === 0n) return false;
  if (now.dev !== parentDev || before.dev === parentDev) return false;
  return manifest.rows(row.id).length > 0 && isBare(parent, row.name);
}

function isBare(parent: OpenDirectory, name: Name): boolean {
  try {
    const directory = openChild(parent, name);
    try {
      return readdirSync(directory.place('.' as Name)).length === 0;
    } finally {
      directory.close();
    }
  } catch (error) {
    return errnoOf(error) === 'EACCES' || errnoOf(error) === 'EPERM';
  }
}
