import type { DriftReport } from '@btsoot/shared/model/drift.js';
import type { DriftFound } from '@btsoot/shared/scan/scan.js';
import type { OpenBlock } from './blocks.js';
import { DriftList } from './drift-list.js';

export interface CheckProgress {
  readonly entries: number;
  readonly readBytes: number;
}

export interface TreeCheck {
  /** Reads every file, whatever its stat says. */
  readonly readAll: boolean;
  /** Called now and then with what was looked at and read so far. */
  readonly onProgress: (progress: CheckProgress) => void;
  readonly signal: AbortSignal;
  /** Whether names of one file are one here; left out: they are. Where not, each is a file of its own, and that is no drift. */
  readonly hardLinks?: boolean;
}

/** `yes`, or `no` where it was once; left out: never. */
const checkedSetting = 'tree-checked';

/** Whether the manifest was brought up to the disk once, and no check was cut off since: else there is nothing to trust. */
export function isChecked({ manifest }: OpenBlock): boolean {
  return manifest.setting(checkedSetting) === 'yes';
}

/** Something was not as the manifest said: the next session looks at the whole tree, whatever its source trusts. */
export function distrust({ manifest }: OpenBlock): void {
  if (manifest.setting(checkedSetting) !== null) manifest.setSetting(checkedSetting, 'no');
}

/** Whether the manifest has yet to find out what is there: that is nobody's doing. */
function isNewcomer({ manifest }: OpenBlock): boolean {
  return manifest.setting(checkedSetting) === null && manifest.sessions().length === 0;
}

/**
 * Brings a block's manifest up to what its disk says. Returns what differed; nothing where a mirror that was there before is taken
 * up, or a manifest that was lost is made anew.
 */
export async function checkTree(
  block: OpenBlock,
  { readAll, onProgress, signal, hardLinks = true }: TreeCheck,
): Promise<DriftReport> {
  const { HashPool } = await import('@btsoot/shared/disk/hash-pool.js');
  const { scanTree } = await import('@btsoot/shared/scan/scan.js');
  // One worker, and that only when a file has to be read: a small machine keeps its memory.
  const hasher = new HashPool(1, readAll);
  const drift = new DriftList(block);
  const judging = isNewcomer(block) ? {} : { onDrift: (found: DriftFound) => drift.add(found) };
  distrust(block);
  try {
    await scanTree({
      root: block.tree,
      manifest: block.manifest,
      hasher,
      mode: 'mirror',
      report: (event) => {
        if (event.kind === 'scanned') onProgress({ entries: event.entries, readBytes: event.hashedBytes });
      },
      signal,
      ignore: new Set(),
      nameRules: block.shortcomings.nameRules,
      readAll,
      ...judging,
      hardLinks,
      // Whatever the source leaves out, a stranger's must be seen to be let go.
      specials: 'mirror',
      filter: null,
    });
    block.manifest.setSetting(checkedSetting, 'yes');
    return drift;
  } finally {
    await hasher.close();
  }
}
