import { availableParallelism } from 'node:os';
import { HashPool } from '@btsoot/shared/disk/hash-pool.js';
import { isOnRotatingDisk } from '@btsoot/shared/disk/rotating.js';
import type { TreeRoot } from '@btsoot/shared/disk/tree-root.js';
import { limits } from '@btsoot/shared/model/limits.js';

/** What reads the files of a folder on this side: as many at a time as its settings say, else as suits the disk. */
export function hashPoolFor(root: TreeRoot, readers: number | null, fromDisk = false): HashPool {
  const suited = () => (isOnRotatingDisk(root.path) ? 1 : Math.min(availableParallelism(), limits.hashWorkersMax));
  return new HashPool(readers ?? suited(), fromDisk);
}
