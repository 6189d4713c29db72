import { randomBytes } from 'node:crypto';
import { lstatSync, mkdirSync, readdirSync, renameSync } from 'node:fs';
import { Applier, type ApplierOptions } from '@btsoot/shared/apply/applier.js';
import { type Area, openAreaIn } from '@btsoot/shared/apply/area.js';
import { keptPrefix } from '@btsoot/shared/apply/group-commit.js';
import { Partials } from '@btsoot/shared/apply/partials.js';
import { probe } from '@btsoot/shared/disk/capabilities.js';
import { setModificationTime } from '@btsoot/shared/disk/metadata.js';
import { removeTree } from '@btsoot/shared/disk/remove-tree.js';
import type { TreeRoot } from '@btsoot/shared/disk/tree-root.js';
import { type Manifest, ROOT_ID } from '@btsoot/shared/manifest/manifest.js';
import { display, joinPath, type Name, ROOT_PATH } from '@btsoot/shared/model/bytes.js';
import type { Partial } from '@btsoot/shared/model/delivery.js';
import { BtsootError } from '@btsoot/shared/model/errors.js';

/**
 * A restore works in this folder at the root of the tree that it restores to, and removes it; but for what it has of files that
 * it was cut off in, which the next restore takes up.
 */
export const RESTORE_FOLDER = '.btsoot-restore' as Name;

const PLACE = joinPath(ROOT_PATH, RESTORE_FOLDER);
const PARTIALS_FOLDER = 'partial';
const STAGING_FOLDER = 'staging' as Name;
const OUR_FOLDERS: readonly string[] = ['history', PARTIALS_FOLDER, STAGING_FOLDER, 'stash'];

/** Whether a restore was broken off here. A folder of that name that somebody else made is as good as any other. */
export function hasRestoreFolder(root: TreeRoot): boolean {
  if (kindAt(root) !== 'folder') return false;
  const folder = root.directory(PLACE);
  try {
    return readdirSync(folder.place('.' as Name), 'latin1').every(
      (name) => OUR_FOLDERS.includes(name) && lstatSync(folder.place(name as Name)).isDirectory(),
    );
  } finally {
    folder.close();
  }
}

function kindAt(root: TreeRoot): 'folder' | 'other' | 'nothing' {
  const stats = root.at(PLACE, (place) => lstatSync(place, { throwIfNoEntry: false }));
  if (stats === undefined) return 'nothing';
  return stats.isDirectory() ? 'folder' : 'other';
}

/**
 * Opens the working folder for a restore. The applier keeps no history: nothing is removed that is not held elsewhere.
 * Others may be able to write to the tree that is restored to, so nothing here goes by a path that they could redirect.
 */
export function openRestore(
  root: TreeRoot,
  manifest: Manifest,
  onCommitted: ApplierOptions['onCommitted'],
): { applier: Applier; area: Area; close(): void } {
  if (kindAt(root) === 'nothing') root.at(PLACE, (place) => mkdirSync(place, { mode: 0o700 }));
  else if (!hasRestoreFolder(root)) {
    throw new BtsootError('refused', `${display(root.label)}/${RESTORE_FOLDER} is not a restore's working folder`, {
      hint: 'Rename it, or restore to another folder with --to.',
    });
  }
  // Of a restore that somebody else has ended: a person by hand, or another block that shares the source.
  const isNew = root.lstat(joinPath(PLACE, STAGING_FOLDER)) === null;
  if (isNew && manifest.journal() !== null) manifest.setJournal(null);
  const home = root.subtree(PLACE);
  try {
    const area = openAreaIn(home);
    const { chown, hardLinks, reflinks } = probe(area.staging.path);
    const now = () => Date.now() * 1000;
    const applier = new Applier({ tree: root, manifest, area, chown, hardLinks, reflinks, sourceName: null, now, onCommitted });
    return { applier, area, close: () => area.close() };
  } finally {
    home.close();
  }
}

/** What an earlier restore has of files that it was cut off in. */
export function partialsIn(root: TreeRoot): Partial[] {
  if (!hasRestoreFolder(root)) return [];
  const home = root.subtree(PLACE);
  try {
    const area = openAreaIn(home);
    try {
      return new Partials(area).list();
    } finally {
      area.close();
    }
  } finally {
    home.close();
  }
}

/**
 * Ends what a restore that was broken off left behind. What it had replaced was cleared for removal, and goes; what it
 * had set aside was not, and goes back into the tree.
 * @param partials what becomes of files that have come in part
 * @returns the names at the tree's root under which something set aside is found now
 */
export async function mendRestore(root: TreeRoot, manifest: Manifest, partials: 'keep' | 'remove'): Promise<Name[]> {
  const { applier, area, close } = openRestore(root, manifest, () => undefined);
  let isKept: boolean;
  try {
    applier.recover();
    putBack(root, area);
    isKept = partials === 'keep' && new Partials(area).list().length > 0;
  } finally {
    close();
  }
  if (isKept) await removeAllButPartials(root);
  else await removeTree(root, RESTORE_FOLDER);
  giveTimeBack(root, manifest);
  return manifest.rows(ROOT_ID).flatMap(({ name }) => (name.startsWith(keptPrefix) ? [name] : []));
}

async function removeAllButPartials(root: TreeRoot): Promise<void> {
  const home = root.subtree(PLACE);
  try {
    for (const name of OUR_FOLDERS) if (name !== PARTIALS_FOLDER) await removeTree(home, name as Name);
  } finally {
    home.close();
  }
}

/** What no manifest knows of any more: the restore went to a folder whose manifest was not kept. */
function putBack(root: TreeRoot, { stash }: Area): void {
  const from = stash.directory(ROOT_PATH);
  for (const name of readdirSync(from.place('.' as Name), 'latin1')) {
    const kept = joinPath(ROOT_PATH, `${keptPrefix}${randomBytes(4).toString('hex')}` as Name);
    root.at(kept, (place) => renameSync(from.place(name as Name), place));
  }
}

/** The working folder's coming and going changed the root's time. A manifest that has seen the root knows the right one. */
function giveTimeBack(root: TreeRoot, manifest: Manifest): void {
  if (manifest.seen(ROOT_ID) === null) return;
  root.at(ROOT_PATH, (place) => setModificationTime(place, manifest.root().meta.mtimeUs));
  manifest.setSeen(ROOT_ID, root.lstat(ROOT_PATH));
}
