import { randomBytes } from 'node:crypto';
import { lstatSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { Applier, type ApplierOptions } from '@btsoot/shared/apply/applier.js';
import { openArea } from '@btsoot/shared/apply/area.js';
import { keptPrefix } from '@btsoot/shared/apply/group-commit.js';
import { pathBytes } from '@btsoot/shared/disk/byte-path.js';
import { probe } from '@btsoot/shared/disk/capabilities.js';
import { setModificationTime } from '@btsoot/shared/disk/metadata.js';
import type { TreeRoot } from '@btsoot/shared/disk/tree-root.js';
import { type Manifest, ROOT_ID } from '@btsoot/shared/manifest/manifest.js';
import { display, type Name, ROOT_PATH, toBytes } from '@btsoot/shared/model/bytes.js';
import { BtsootError } from '@btsoot/shared/model/errors.js';

/** A restore works in this folder at the root of the tree that it restores to, and removes it. */
export const RESTORE_FOLDER = '.btsoot-restore' as Name;

const OUR_FOLDERS = ['history', 'partial', 'staging', 'stash'];

/** Whether a restore was broken off here. A folder of that name that somebody else made is as good as any other. */
export function hasRestoreFolder(root: TreeRoot): boolean {
  const path = pathBytes(`${root.path}/${RESTORE_FOLDER}`);
  if (lstatSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) return false;
  return readdirSync(path, 'latin1').every((name) => OUR_FOLDERS.includes(name));
}

/** Opens the working folder for a restore. The applier keeps no history: nothing is removed that is not held elsewhere. */
export function openRestore(
  root: TreeRoot,
  manifest: Manifest,
  onCommitted: ApplierOptions['onCommitted'],
): { applier: Applier; close(): void } {
  const path = `${root.path}/${RESTORE_FOLDER}`;
  if (lstatSync(pathBytes(path), { throwIfNoEntry: false }) !== undefined && !hasRestoreFolder(root)) {
    throw new BtsootError('refused', `${display(path)} is not a restore's working folder`, {
      hint: 'Rename it, or restore to another folder with --to.',
    });
  }
  const area = openArea(path);
  const { chown, hardLinks, reflinks } = probe(area.staging.path);
  const now = () => Date.now() * 1000;
  const applier = new Applier({ tree: root, manifest, area, chown, hardLinks, reflinks, sourceName: null, now, onCommitted });
  return { applier, close: () => area.close() };
}

/**
 * Ends what a restore that was broken off left behind. What it had replaced was cleared for removal, and goes; what it
 * had set aside was not, and goes back into the tree.
 * @returns the names at the tree's root under which something set aside is found now
 */
export function mendRestore(root: TreeRoot, manifest: Manifest): Name[] {
  const { applier, close } = openRestore(root, manifest, () => undefined);
  try {
    applier.recover();
  } finally {
    close();
  }
  putBack(root);
  rmSync(pathBytes(`${root.path}/${RESTORE_FOLDER}`), { recursive: true, force: true });
  giveTimeBack(root, manifest);
  return manifest.rows(ROOT_ID).flatMap(({ name }) => (name.startsWith(keptPrefix) ? [name] : []));
}

/** What no manifest knows of any more: the restore went to a folder whose manifest was not kept. */
function putBack(root: TreeRoot): void {
  const stash = `${root.path}/${RESTORE_FOLDER}/stash`;
  for (const name of readdirSync(pathBytes(stash), 'latin1')) {
    const kept = `${keptPrefix}${randomBytes(4).toString('hex')}`;
    renameSync(toBytes(`${stash}/${name}`), toBytes(`${root.path}/${kept}`));
  }
}

/** The working folder's coming and going changed the root's time. A manifest that has seen the root knows the right one. */
function giveTimeBack(root: TreeRoot, manifest: Manifest): void {
  if (manifest.seen(ROOT_ID) === null) return;
  root.at(ROOT_PATH, (place) => setModificationTime(place, manifest.root().meta.mtimeUs));
  manifest.setSeen(ROOT_ID, root.lstat(ROOT_PATH));
}
