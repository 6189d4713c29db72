import { statSync } from 'node:fs';
import { type KnownContent, KnownContents } from '@btsoot/shared/manifest/known-contents.js';
import { isWithin, type TreePath, toBytes } from '@btsoot/shared/model/bytes.js';
import { BtsootError, errnoOf } from '@btsoot/shared/model/errors.js';
import type { Seen } from '@btsoot/shared/model/seen.js';
import type { Elsewhere } from '@btsoot/shared/scan/scan.js';
import { blockPaths, type Paths } from './paths.js';
import type { Block } from './sync-types.js';

interface OtherManifest {
  readonly contents: KnownContents;
  /** Of the other block's source. */
  readonly rootDev: bigint;
}

/**
 * The manifests of blocks that mirror the same files to somewhere else: what one of them has read, none of the others reads.
 * They are opened when there is something to ask; one that cannot be asked is left alone, for it only saves work.
 */
export class OtherBlocks implements Elsewhere {
  readonly #paths: Paths;
  readonly #rootDev: bigint;
  readonly #unopened: Pick<Block, 'name' | 'source'>[];
  readonly #opened = new Set<OtherManifest>();

  /** @param rootDev the device of the block's own source */
  constructor(paths: Paths, blocks: Iterable<Block>, own: Block, rootDev: bigint) {
    this.#paths = paths;
    this.#rootDev = rootDev;
    this.#unopened = [...blocks].filter(({ name, source }) => name !== own.name && doOverlap(source, own.source));
  }

  find(seen: Seen): KnownContent | null {
    for (const other of this.#unopened.splice(0)) this.#open(other);
    for (const other of this.#opened) {
      const known = this.#ask(other, seen);
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
      if (contents !== null) this.#opened.add({ contents, rootDev });
    } catch (error) {
      if (!(error instanceof BtsootError) && errnoOf(error) === undefined) throw error;
    }
  }

  #ask(other: OtherManifest, seen: Seen): KnownContent | null {
    const dev = seen.dev === 0n ? this.#rootDev : seen.dev;
    try {
      return other.contents.of({ ...seen, dev: dev === other.rootDev ? 0n : dev });
    } catch (error) {
      if (!(error instanceof BtsootError)) throw error;
      other.contents.close();
      this.#opened.delete(other);
      return null;
    }
  }
}

function doOverlap(a: string, b: string): boolean {
  const [pathA, pathB] = [a.slice(1) as TreePath, b.slice(1) as TreePath];
  return isWithin(pathA, pathB) || isWithin(pathB, pathA);
}
