import { type BigIntStats, lstatSync, readdirSync } from 'node:fs';
import { at } from './tree.js';

/** An entry of a tree as it is now. */
export interface Found {
  readonly path: Buffer;
  readonly stats: BigIntStats;
}

/** All entries below a folder, in byte order of their paths. */
export function entriesBelow(root: Buffer): Found[] {
  const found: Found[] = [];
  const pending = [root];
  for (let folder = pending.pop(); folder !== undefined; folder = pending.pop()) {
    for (const name of readdirSync(folder, 'buffer')) {
      const path = at(folder, name);
      const stats = lstatSync(path, { bigint: true });
      found.push({ path, stats });
      if (stats.isDirectory()) pending.push(path);
    }
  }
  return found.sort((one, other) => Buffer.compare(one.path, other.path));
}
