import { statSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { fileSystemIdentity, isMountPoint } from '@btsoot/shared/disk/file-system.js';
import { display, fromText, toBytes } from '@btsoot/shared/model/bytes.js';
import { BtsootError, fromSystemError } from '@btsoot/shared/model/errors.js';
import { BLOCK_DEFAULTS } from './block-defaults.js';
import { saveBlock } from './config-edit.js';
import { connectTarget } from './connect.js';
import { keptAbove, rootWithin } from './restore-place.js';
import { withBlockLock } from './sync-run.js';
import type { Block, BlockTarget, Context } from './sync-types.js';
import { displayTarget, localTargetDirectory } from './targets.js';

export interface AddedBlock {
  readonly block: Block;
  /** `refreshed`: source and target as before; the source's file system was recorded again. */
  readonly change: 'added' | 'repointed' | 'refreshed';
  /** Where the block mirrored to until now; null where it is new. */
  readonly before: BlockTarget | null;
  /** Whether the target held a mirror of this name before. */
  readonly existedThere: boolean;
}

/**
 * Checks source and target, has the remote make the folder, then writes the block into the config file.
 * @throws BtsootError of kind `invalid` for folders that cannot be mirrored so, `exists` for a name that is taken by
 *   another source, and whatever the remote says.
 */
export async function addBlock(
  context: Context,
  name: string,
  sourceText: string,
  target: BlockTarget,
  signal: AbortSignal,
): Promise<AddedBlock> {
  const source = await findSource(sourceText);
  const known = context.config.blocks.get(name);
  if (known !== undefined && known.source !== source) {
    throw new BtsootError('exists', `the block ${name} mirrors ${display(known.source)} already`, {
      hint: `Choose another name, or forget that block with \`btsoot rm ${name}\`.`,
    });
  }
  refuseSharedTarget(context, name, target);
  if (target.kind === 'local') await checkLocalTarget(context, source, { name, target });
  const block: Block = {
    ...BLOCK_DEFAULTS,
    ...known,
    name,
    source,
    sourceIdentity: fileSystemIdentity(source),
    target,
  };
  return await withBlockLock(context, block, async () => {
    const existedThere = await createOnRemote(context, block, signal);
    await saveBlock(context.paths, block);
    if (known !== undefined) await forgetTarget(context, block);
    return { block, change: changeOf(known, target), before: known?.target ?? null, existedThere };
  });
}

/** Two blocks that mirror to one folder would undo each other's work with every sync. */
function refuseSharedTarget(context: Context, name: string, target: BlockTarget): void {
  for (const other of context.config.blocks.values()) {
    if (other.name === name || displayTarget(other.target) !== displayTarget(target)) continue;
    throw new BtsootError('exists', `the block ${other.name} mirrors to ${displayTarget(target)} already`, {
      hint: 'Choose another folder: a mirror holds one source.',
    });
  }
}

async function forgetTarget(context: Context, block: Block): Promise<void> {
  const { openManifests } = await import('./manifests.js');
  const { unbindReplica } = await import('./replica.js');
  const manifests = openManifests(context, block);
  unbindReplica(manifests.replica);
  manifests.close();
}

/** For who has mixed up the arguments. */
export const ORDER = 'The order is: btsoot add BLOCK SOURCE TARGET, and the source is a folder of this machine.';

async function findSource(text: string): Promise<string> {
  let found: string;
  try {
    found = await realpath(path.resolve(text));
  } catch (error) {
    const { kind, message, hint } = fromSystemError(error, `the source ${text} cannot be used`);
    throw new BtsootError(kind, message, { hint: [hint, ORDER].join(' '), cause: error });
  }
  if (!statSync(found).isDirectory())
    throw new BtsootError('invalid', `the source ${text} is not a directory`, {
      hint: 'Name a folder: all that is in it is mirrored.',
    });
  return fromText(found);
}

interface LocalTarget {
  readonly name: string;
  readonly target: BlockTarget & { kind: 'local' };
}

async function checkLocalTarget(context: Context, source: string, { name, target }: LocalTarget): Promise<void> {
  const root = await realRoot(target);
  const directory = localTargetDirectory({ ...target, root });
  const stats = statSync(toBytes(directory), { throwIfNoEntry: false });
  if (stats !== undefined && isMountPoint(directory)) {
    throw new BtsootError('invalid', `the target ${displayTarget(target)} is a mount point`, {
      hint: `Name a folder below it, such as ${displayTarget(target)}/${path.posix.basename(display(source))}: BTSOOT keeps its .btsoot folder beside the mirrored one, on the same disk.`,
    });
  }
  if (stats !== undefined && !stats.isDirectory()) {
    throw new BtsootError('invalid', `the target ${displayTarget(target)} is not a directory`, {
      hint: 'Choose another target, or move what is there out of the way.',
    });
  }
  // An existing target may be a symlink to somewhere else altogether.
  const real = stats === undefined ? directory : fromText(await realpath(toBytes(directory)));
  for (const place of [directory, real, `${root}/.btsoot`]) {
    if (!contains(source, place) && !contains(place, source)) continue;
    throw new BtsootError(
      'invalid',
      `the target ${displayTarget(target)} and the source ${display(source)} lie inside each other`,
      {
        hint: 'Choose a target outside of the source.',
      },
    );
  }
  const above = root === '/' ? null : keptAbove(real, path.posix.dirname(root));
  const kept = above ?? rootWithin(real, otherRoots(context, name));
  if (kept === undefined) return;
  throw new BtsootError(
    'invalid',
    `the target ${displayTarget(target)} and the mirrors of ${display(kept)} lie inside each other`,
    {
      hint: 'A sync of one would clear the other away. Choose a target beside them.',
    },
  );
}

function otherRoots({ config }: Context, name: string): string[] {
  return [...config.blocks.values()].flatMap(({ name: other, target }) =>
    other !== name && target.kind === 'local' ? [target.root] : [],
  );
}

async function realRoot(target: BlockTarget & { kind: 'local' }): Promise<string> {
  try {
    return fromText(await realpath(toBytes(target.root)));
  } catch (error) {
    throw new BtsootError('invalid', `the target's directory ${display(target.root)} does not exist`, {
      hint: 'Is its disk mounted? Otherwise make the directory first.',
      cause: error,
    });
  }
}

function contains(outer: string, inner: string): boolean {
  return inner === outer || inner.startsWith(outer === '/' ? '/' : `${outer}/`);
}

async function createOnRemote(context: Context, block: Block, signal: AbortSignal): Promise<boolean> {
  const connection = await connectTarget(context.config, context.paths, context.log, block.target, { newRoot: true });
  try {
    const reply = await connection.client.createBlock(block.target.folder, signal);
    return reply.existed;
  } finally {
    await connection.close();
  }
}

function changeOf(known: Block | undefined, target: BlockTarget): AddedBlock['change'] {
  if (known === undefined) return 'added';
  return displayTarget(known.target) === displayTarget(target) ? 'refreshed' : 'repointed';
}
