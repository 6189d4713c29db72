import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { TreeRoot } from '@btsoot/shared/disk/tree-root.js';
import { Manifest } from '@btsoot/shared/manifest/manifest.js';
import type { Report } from '@btsoot/shared/model/progress.js';
import { type Elsewhere, type ScanFilter, type ScanSummary, type SpecialsPolicy, scanTree } from '@btsoot/shared/scan/scan.js';
import type { TreeWatch } from '@btsoot/shared/scan/tree-watch.js';
import { keepYoungGenerationSmall } from '@btsoot/shared/wire/frugal.js';
import { FairQueue } from './fair-queue.js';
import { hashPoolFor } from './hash-readers.js';
import { rulesOf } from './ignored.js';
import { DAMAGED_FOLDER } from './keep-aside.js';
import { OtherBlocks } from './other-blocks.js';
import { blockPaths, type Paths } from './paths.js';
import { hasRestoreFolder, RESTORE_FOLDER } from './restore-folder.js';
import { mendBroken, requireNoRestore } from './restore-lock.js';
import { confirmSource } from './source-root.js';
import type { SourceWatch } from './source-watch.js';
import type { Block, Context, SyncOptions, WatchOptions } from './sync-types.js';

/** What a block keeps on this side: the source's manifest and the replica of the remote's. */
export interface BlockManifests {
  readonly source: Manifest;
  readonly replica: Manifest;
  close(): void;
}

/** Begins the names of the folders that a restore works with, beside the manifests. */
export const SCRATCH_PREFIX = 'restore-';

/** Whoever calls this has the block's lock: scratch folders that are there are of commands that were killed. */
export function openManifests(context: Context, block: Block, watch: SourceWatch | null = null): BlockManifests {
  const paths = blockPaths(context.paths, block.name);
  mkdirSync(paths.directory, { recursive: true, mode: 0o700 });
  for (const name of readdirSync(paths.directory)) {
    if (name.startsWith(SCRATCH_PREFIX)) rmSync(join(paths.directory, name), { recursive: true, force: true });
  }
  watch?.opening(block, paths.sourceManifest);
  const source = Manifest.open(paths.sourceManifest);
  const replica = Manifest.open(paths.replicaManifest);
  return {
    source,
    replica,
    close() {
      source.close();
      replica.close();
      watch?.closed(paths.sourceManifest);
    },
  };
}

/** A scan of so many takes longer than what starts with it. */
const MANY_ENTRIES = 20_000;

export interface FolderScan {
  readonly root: TreeRoot;
  readonly manifest: Manifest;
  readonly filter: ScanFilter | null;
  /** Called before what was found is taken for true; what it throws ends the scan. */
  readonly confirm?: () => void;
  /** Default: `skip`. */
  readonly specials?: SpecialsPolicy;
  readonly watch?: TreeWatch;
  /** With a watch: looks at everything all the same. */
  readonly everything?: boolean;
  /** How many files are read at a time. Null, the default: as suits the disk. */
  readonly readers?: number | null;
  readonly elsewhere?: Elsewhere;
}

/** Brings the manifest of a folder on this side up to date with its disk. What a restore has left there is for the caller to end. */
export async function scanFolder(folder: FolderScan, { report, signal }: WatchOptions): Promise<ScanSummary> {
  const { root } = folder;
  const hasher = hashPoolFor(root, folder.readers ?? null);
  const reportFrugally: Report = (event) => {
    // Else the listings of hundreds of folders that were looked at lie about before they are swept.
    if (event.kind === 'scanned' && event.entries > MANY_ENTRIES) keepYoungGenerationSmall();
    report(event);
  };
  try {
    return await scanTree({
      ...folder,
      hasher,
      mode: 'origin',
      report: reportFrugally,
      signal,
      ignore: new Set(hasRestoreFolder(root) ? [DAMAGED_FOLDER, RESTORE_FOLDER] : [DAMAGED_FOLDER]),
    });
  } finally {
    await hasher.close();
  }
}

export interface SourceScan extends WatchOptions {
  /** Default: none. */
  readonly watch?: SourceWatch | null;
  /** Default: everything. */
  readonly looksAt?: SyncOptions['looksAt'];
}

/** One scan of a folder at a time: who comes after it has nothing to read. */
const scans = new FairQueue(Number.POSITIVE_INFINITY, 1);

/** A block's source, as a sync sees it: without what is ignored, and only as long as it is what was added. */
export async function scanSource(
  { config, paths }: Context,
  block: Block,
  root: TreeRoot,
  manifest: Manifest,
  scan: SourceScan,
): Promise<ScanSummary> {
  const elsewhere = new OtherBlocks(paths, config.blocks.values(), block, root.dev);
  try {
    return await scans.run(block.source, scan.signal, () => scanAlone(paths, block, root, manifest, { ...scan, elsewhere }));
  } finally {
    elsewhere.close();
  }
}

async function scanAlone(
  paths: Paths,
  block: Block,
  root: TreeRoot,
  manifest: Manifest,
  scan: SourceScan & { readonly elsewhere: Elsewhere },
): Promise<ScanSummary> {
  const { elsewhere, watch = null, looksAt = 'everything' } = scan;
  const filter: ScanFilter = { rules: rulesOf(block), except: null, leftOutIsUnknown: false };
  const { specials, readers } = block;
  const confirm = (): void => {
    confirmSource(block, root);
    requireNoRestore(root);
  };
  const folder: FolderScan = { root, manifest, filter, specials, readers, elsewhere, confirm };
  if (hasRestoreFolder(root)) {
    watch?.tree.doubt('a restore was cut off');
    await mendBroken(paths, root, manifest, 'remove');
  }
  if (watch === null) return await scanFolder(folder, scan);
  const watched = { ...folder, watch: watch.tree, everything: looksAt === 'everything' };
  return watch.complete(await scanFolder(watched, scan));
}
