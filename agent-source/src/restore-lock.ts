import path from 'node:path';
import type { TreeRoot } from '@btsoot/shared/disk/tree-root.js';
import type { Manifest } from '@btsoot/shared/manifest/manifest.js';
import { display, ROOT_PATH } from '@btsoot/shared/model/bytes.js';
import { BtsootError } from '@btsoot/shared/model/errors.js';
import { withLock } from './lock.js';
import type { Paths } from './paths.js';
import { hasRestoreFolder, mendRestore } from './restore-folder.js';

/**
 * Runs work in a folder's `.btsoot-restore` while nobody else does. Blocks may share a source, and a block's own lock says
 * nothing of the others: whoever finds the folder of a restore that goes on would take it for one that was broken off.
 * @throws BtsootError of kind `busy` where a restore works there.
 */
export function withRestoreLock<T>(paths: Paths, root: TreeRoot, work: () => Promise<T>): Promise<T> {
  return withLock(lockFile(paths, root), busyMessage(root), work);
}

/**
 * Ends what a restore that was broken off left in this folder.
 * @param partials what becomes of files that have come in part
 * @throws BtsootError of kind `busy` where it goes on.
 */
export async function mendBroken(paths: Paths, root: TreeRoot, manifest: Manifest, partials: 'keep' | 'remove'): Promise<void> {
  if (!hasRestoreFolder(root)) return;
  await withRestoreLock(paths, root, async () => {
    if (hasRestoreFolder(root)) await mendRestore(root, manifest, partials);
  });
}

/** @throws BtsootError of kind `busy` where a restore has begun in this folder. */
export function requireNoRestore(root: TreeRoot): void {
  if (!hasRestoreFolder(root)) return;
  throw new BtsootError('busy', busyMessage(root), { hint: 'Wait for it to end, then run this again.' });
}

/** By the folder itself: paths may be many. */
function lockFile({ stateDirectory }: Paths, root: TreeRoot): string {
  return path.join(stateDirectory, 'restoring', `${root.dev}-${root.lstat(ROOT_PATH)?.ino ?? 0n}.lock`);
}

function busyMessage(root: TreeRoot): string {
  return `a restore to ${display(root.label)} goes on`;
}
