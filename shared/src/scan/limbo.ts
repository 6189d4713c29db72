import { LIMBO_ID, type Manifest } from '../manifest/manifest.js';
import type { TreeNode } from '../model/entry.js';
import type { Pace } from './pace.js';
import type { Tally } from './tally.js';

/** After a complete scan: what was missed and found nowhere is gone. */
export async function emptyLimbo(manifest: Manifest, tally: Tally, pace: Pace): Promise<void> {
  for (const row of manifest.rows(LIMBO_ID)) {
    const count = countRows(manifest, row);
    manifest.remove(row.id);
    tally.removed += count;
    tally.changed += count;
    if (pace.isDue()) await pace.rest();
  }
}

/** Counted row by row: the counts that a directory's row holds are as of an earlier time. */
function countRows(manifest: Manifest, top: TreeNode): number {
  let count = 0;
  const open = [top];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    count++;
    if (at.kind !== 'directory') continue;
    for (const row of manifest.rows(at.id)) {
      if (row.kind === 'directory') open.push(row);
      else count++;
    }
  }
  return count;
}
