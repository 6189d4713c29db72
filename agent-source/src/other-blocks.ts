import { statSync } from 'node:fs';
import { type KnownContent, KnownContents } from '@btsoot/shared/manifest/known-contents.js';
import { isWithin, ROOT_PATH, type TreePath, toBytes } from '@btsoot/shared/model/bytes.js';
import { BtsootError, errnoOf } from '@btsoot/shared/model/errors.js';
import type { Elsewhere, FileThere } from '@btsoot/shared/scan/scan.js';
import { blockPaths, type Paths } from './paths.js';
import type { Block } from './sync-types.js';

interface OtherManifest {
  readonly contents: KnownContents;
  /** Its source's path, without the slash before it. */
  readonly top: TreePath;
  /** Of the other block's source. */
  readonly rootDev: bigint;
}

/**
 * The manifests of blocks that mirror the same files to somewhere else: what one of them has read, none of the others reads.
 * They are opened when there is something to ask; one that cannot be asked is left alone, for it only saves work.
 */
export class OtherBlocks implements Elsewhere {
  readonly #paths: Paths;
  readonly #top: TreePath;
  readonly #rootDev: bigint;
  readonly #unopened: Pick<Block, 'name' | 'source'>[];
  readonly #opened = new Set<OtherManifest>();

  /** @param rootDev the device of the block's own source */
  constructor(paths: Paths, blocks: Iterable<Block>, own: Block, rootDev: bigint) {
    this.#paths = paths;
    this.#top = topOf(own.source);
    this.#rootDev = rootDev;
    this.#unopened = [...blocks].filter(({ name, source }) => name !== own.name && doOverlap(topOf(source), this.#top));
  }

  find(file: FileThere): KnownContent | null {
    for (const other of this.#unopened.splice(0)) this.#open(other);
    for (const other of this.#opened) {
      const known = this.#ask(other, file);
      if (known !== null) return known;
    }
    return null;
  }

  close(): void {
    for (const { contents } of this.#opened) contents.close();
    this.#opened.clear();
  }

  #open({ name, source }: Pick<Block, 'name' | 'source'>): void {
    try {
      const rootDev = statSync(toBytes(source), { bigint: true }).dev;
      const contents = KnownContents.open(blockPaths(this.#paths, name).sourceManifest);
      if (contents !== null) this.#opened.add({ contents, top: topOf(source), rootDev });
    } catch (error) {
      if (!(error instanceof BtsootError) && errnoOf(error) === undefined) throw error;
    }
  }

  #ask(other: OtherManifest, { folder, name, seen }: FileThere): KnownContent | null {
    const there = placeIn(other.top, this.#top, folder);
    if (there === null) return null;
    const dev = seen.dev === 0n ? this.#rootDev : seen.dev;
    try {
      return other.contents.of(there, name, { ...seen, dev: dev === other.rootDev ? 0n : dev });
    } catch (error) {
      if (!(error instanceof BtsootError)) throw error;
      other.contents.close();
      this.#opened.delete(other);
      return null;
    }
  }
}

function topOf(source: string): TreePath {
  return source.slice(1) as TreePath;
}

function doOverlap(a: TreePath, b: TreePath): boolean {
  return isWithin(a, b) || isWithin(b, a);
}

/** Where below `other` a folder is that lies at `folder` below `own`; null where it is not there. */
function placeIn(other: TreePath, own: TreePath, folder: TreePath): TreePath | null {
  const place = [own, folder].filter((part) => part !== ROOT_PATH).join('/') as TreePath;
  if (!isWithin(place, other)) return null;
  return (other === ROOT_PATH ? place : place.slice(other.length + 1)) as TreePath;
}
