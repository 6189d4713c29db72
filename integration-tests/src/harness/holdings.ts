import { createHash } from 'node:crypto';
import { type BigIntStats, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { entriesBelow } from './entries.js';
import { at } from './tree.js';

/** Contents by what names them: files by the hash of their bytes, symlinks by their target. The values say where one lies. */
export type Contents = ReadonlyMap<string, string>;

const known = new Map<string, string>();
const knownMax = 20_000;

/** All contents below folders. */
export function contentsBelow(...folders: readonly string[]): Contents {
  const contents = new Map<string, string>();
  for (const folder of folders) {
    for (const { path, stats } of entriesBelow(Buffer.from(folder))) {
      const name = contentOf(path, stats);
      if (name !== null) contents.set(name, path.toString('latin1'));
    }
  }
  return contents;
}

/** Null for what has no content of its own. */
export function contentOf(path: Buffer, stats: BigIntStats): string | null {
  if (stats.isSymbolicLink()) return `-> ${readlinkSync(path, 'latin1')}`;
  if (!stats.isFile()) return null;
  const { dev, ino, size, mtimeNs, ctimeNs } = stats;
  const key = `${dev}:${ino}:${size}:${mtimeNs}:${ctimeNs}`;
  let name = known.get(key);
  if (name === undefined) {
    name = createHash('sha1').update(readFileSync(path)).digest('hex');
    // Within one tick of the clock a file may be written twice: what is that young is read again.
    if (BigInt(Date.now()) * 1_000_000n - ctimeNs > 100_000_000n) known.set(key, name);
    if (known.size > knownMax) known.clear();
  }
  return name;
}

/** What was held before and is not now. */
export function lost(before: Contents, now: Contents): string[] {
  return [...before]
    .filter(([content]) => !now.has(content))
    .map(([content, place]) => `${content} (was ${JSON.stringify(place)})`);
}

export function namesIn(folder: string): string[] {
  return readdirSync(at(folder), 'latin1');
}
