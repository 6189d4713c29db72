import { statSync } from 'node:fs';
import { pathBytes } from '@btsoot/shared/disk/byte-path.js';
import { fileSystemIdentity } from '@btsoot/shared/disk/file-system.js';
import { inodeNumber } from '@btsoot/shared/disk/seen.js';
import { TreeRoot } from '@btsoot/shared/disk/tree-root.js';
import { display, ROOT_PATH } from '@btsoot/shared/model/bytes.js';
import { BtsootError, errnoOf } from '@btsoot/shared/model/errors.js';
import type { Block } from './sync-types.js';

/**
 * Opens the block's source, having made sure that it is the one that was added.
 * @throws BtsootError of kind `refused` where it is missing or lies on another file system.
 */
export function openSource(block: Block): TreeRoot {
  let root: TreeRoot;
  try {
    root = TreeRoot.open(block.source);
  } catch (error) {
    if (!(error instanceof BtsootError) || error.kind !== 'not-found') throw error;
    throw new BtsootError('refused', `the source of ${block.name}, ${display(block.source)}, does not exist`, {
      hint: 'Nothing was touched on the remote. Mount the disk that it is on, or add the block again with its new place.',
      cause: error,
    });
  }
  try {
    confirmSource(block, root);
    return root;
  } catch (error) {
    root.close();
    throw error;
  }
}

/**
 * Makes sure that the source's path still leads to the folder that was opened, on the file system that was added. A folder
 * that is held open can be read on after its disk was unmounted lazily or another one was mounted over it: what is read
 * then is not what the person takes for the source.
 * @throws BtsootError of kind `refused`.
 */
export function confirmSource(block: Block, root: TreeRoot): void {
  const identity = identityOfSource(block, root);
  if (identity === block.sourceIdentity) return;
  throw new BtsootError(
    'refused',
    `the source of ${block.name}, ${display(block.source)}, is on ${identity}, and was on ${block.sourceIdentity}`,
    {
      hint: 'Nothing was touched on the remote. Mount the right disk; if the source has moved for good, add the block again.',
    },
  );
}

function identityOfSource(block: Block, root: TreeRoot): string {
  try {
    const there = statSync(pathBytes(block.source), { bigint: true });
    const opened = root.lstat(ROOT_PATH);
    if (there.dev !== root.dev || inodeNumber(there) !== opened?.ino || there.nlink === 0n)
      throw replaced(block, 'is another folder now');
    return fileSystemIdentity(block.source);
  } catch (error) {
    if (error instanceof BtsootError && error.kind === 'refused') throw error;
    const code = errnoOf(error instanceof BtsootError ? error.cause : error);
    throw replaced(block, `cannot be looked at any more (${code ?? 'it has vanished'})`, error);
  }
}

function replaced(block: Block, what: string, cause?: unknown): BtsootError {
  return new BtsootError('refused', `the source of ${block.name}, ${display(block.source)}, ${what} while it was being read`, {
    hint: 'Nothing was planned, and nothing was touched on the remote. Was its disk unmounted, or another one mounted there? Sync again when it is back.',
    cause,
  });
}
