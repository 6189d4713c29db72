import type { OpenBlock } from './blocks.js';

export interface TreeCheck {
  /** Called now and then with the entries looked at so far. */
  readonly onEntries: (entries: number) => void;
  readonly signal: AbortSignal;
}

const checkedSetting = 'tree-checked';

/** Whether the manifest was brought up to the disk once, and no check was cut off since: else there is nothing to trust. */
export function isChecked({ manifest }: OpenBlock): boolean {
  return manifest.setting(checkedSetting) !== null;
}

/** Something was not as the manifest said: the next session looks at the whole tree, whatever its source trusts. */
export function distrust({ manifest }: OpenBlock): void {
  manifest.setSetting(checkedSetting, null);
}

/** Brings a block's manifest up to what its disk says. Returns how many entries differed. */
export async function checkTree(block: OpenBlock, { onEntries, signal }: TreeCheck): Promise<number> {
  const { HashPool } = await import('@btsoot/shared/disk/hash-pool.js');
  const { scanTree } = await import('@btsoot/shared/scan/scan.js');
  // One worker, and that only when a file has to be read: a small machine keeps its memory.
  const hasher = new HashPool(1);
  block.manifest.setSetting(checkedSetting, null);
  try {
    const summary = await scanTree({
      root: block.tree,
      manifest: block.manifest,
      hasher,
      mode: 'mirror',
      report: (event) => {
        if (event.kind === 'scanned') onEntries(event.entries);
      },
      signal,
      ignore: new Set(),
      nameRules: block.shortcomings.nameRules,
    });
    block.manifest.setSetting(checkedSetting, 'yes');
    return summary.changed;
  } finally {
    await hasher.close();
  }
}
