import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileSystemIdentity } from '@btsoot/shared/disk/file-system.js';
import { HashPool } from '@btsoot/shared/disk/hash-pool.js';
import { TreeRoot } from '@btsoot/shared/disk/tree-root.js';
import { Manifest } from '@btsoot/shared/manifest/manifest.js';
import { display } from '@btsoot/shared/model/bytes.js';
import { BtsootError } from '@btsoot/shared/model/errors.js';
import { limits } from '@btsoot/shared/model/limits.js';
import { type ScanSummary, type SpecialsPolicy, scanTree } from '@btsoot/shared/scan/scan.js';
import { DAMAGED_FOLDER } from './keep-aside.js';
import { blockPaths } from './paths.js';
import { hasRestoreFolder, mendRestore } from './restore-folder.js';
import type { Block, Context, WatchOptions } from './sync-types.js';

/** What a block keeps on this side: the source's manifest and the replica of the remote's. */
export interface BlockManifests {
  readonly source: Manifest;
  readonly replica: Manifest;
  close(): void;
}

/** Begins the names of the folders that a restore works with, beside the manifests. */
export const SCRATCH_PREFIX = 'restore-';

/** Whoever calls this has the block's lock: scratch folders that are there are of commands that were killed. */
export function openManifests(context: Context, block: Block): BlockManifests {
  const paths = blockPaths(context.paths, block.name);
  mkdirSync(paths.directory, { recursive: true, mode: 0o700 });
  for (const name of readdirSync(paths.directory)) {
    if (name.startsWith(SCRATCH_PREFIX)) rmSync(join(paths.directory, name), { recursive: true, force: true });
  }
  const source = Manifest.open(paths.sourceManifest);
  const replica = Manifest.open(paths.replicaManifest);
  return {
    source,
    replica,
    close() {
      source.close();
      replica.close();
    },
  };
}

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
  const identity = fileSystemIdentity(block.source);
  if (identity === block.sourceIdentity) return root;
  root.close();
  throw new BtsootError(
    'refused',
    `the source of ${block.name}, ${display(block.source)}, is on ${identity}, and was on ${block.sourceIdentity}`,
    {
      hint: 'Nothing was touched on the remote. Mount the right disk; if the source has moved for good, add the block again.',
    },
  );
}

export interface SourceScanOptions extends WatchOptions {
  /** Default: `skip`. */
  readonly specials?: SpecialsPolicy;
}

/** Brings the source's manifest up to date with its disk. */
export async function scanSource(root: TreeRoot, manifest: Manifest, options: SourceScanOptions): Promise<ScanSummary> {
  const { report, signal, specials = 'skip' } = options;
  if (hasRestoreFolder(root)) await mendRestore(root, manifest);
  const hasher = new HashPool(Math.min(availableParallelism(), limits.hashWorkersMax));
  try {
    return await scanTree({ root, manifest, hasher, mode: 'origin', report, signal, ignore: new Set([DAMAGED_FOLDER]), specials });
  } finally {
    await hasher.close();
  }
}
