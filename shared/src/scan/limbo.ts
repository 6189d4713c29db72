import { LIMBO_ID, type Manifest } from '../manifest/manifest.js';
import type { TreeNode } from '../model/entry.js';
import type { Drift } from './drift.js';
import type { Pace } from './pace.js';
import type { Tally } from './tally.js';

export interface LimboTools {
  readonly manifest: Manifest;
  readonly tally: Tally;
  readonly pace: Pace;
  readonly drift: Drift | null;
}

/** After a complete scan: what was missed and found nowhere is gone. */
export async function emptyLimbo({ manifest, tally, pace, drift }: LimboTools): Promise<void> {
  for (const row of manifest.rows(LIMBO_ID)) {
    const count = countRows(manifest, row);
    drift?.removed(row, count);
    manifest.remove(row.id);
    tally.removed += count;
    tally.changed += count;
    if (pace.isDue()) await pace.rest();
  }
  drift?.end();
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
