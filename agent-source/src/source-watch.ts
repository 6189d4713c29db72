import { statSync } from 'node:fs';
import { mountsBelow } from '@btsoot/shared/disk/file-system.js';
import type { ScanSummary } from '@btsoot/shared/scan/scan.js';
import { TreeWatch } from '@btsoot/shared/scan/tree-watch.js';
import type { Block } from './sync-types.js';

/**
 * A block's source under watch, for as long as an agent runs. It can be believed only while nobody else has written the
 * manifest and the block's settings and what is mounted in it are what they were: all are looked at whenever the manifest is opened.
 */
export class SourceWatch {
  readonly tree: TreeWatch;
  #settings: string | null = null;
  #stamp: string | null = null;
  #mounts: string | null = null;
  /** Of the last scan that looked at everything. */
  #counts: Pick<ScanSummary, 'specials' | 'ignored'> = { specials: 0, ignored: 0 };

  private constructor(tree: TreeWatch) {
    this.tree = tree;
  }

  /** @returns null where nothing can be watched here. @throws Error of the operating system. */
  static open(onChange: () => void): SourceWatch | null {
    const tree = TreeWatch.open(onChange);
    return tree === null ? null : new SourceWatch(tree);
  }

  /** The source's manifest is about to be opened. */
  opening(block: Block, manifestFile: string): void {
    const { source, sourceIdentity, specials, ignore } = block;
    const settings = JSON.stringify({ source, sourceIdentity, specials, ignore });
    if (settings !== this.#settings) this.tree.doubt("the block's settings have changed");
    if (this.#stamp !== stampOf(manifestFile)) this.tree.doubt('another command has worked on the block');
    const mounts = mountsBelow(source);
    if (mounts !== this.#mounts) this.tree.doubt('other file systems are mounted in it');
    this.#settings = settings;
    this.#mounts = mounts;
  }

  closed(manifestFile: string): void {
    this.#stamp = stampOf(manifestFile);
  }

  /** What patterns leave out, and what is no entry, is counted by whoever looks at everything. */
  complete(summary: ScanSummary): ScanSummary {
    if (summary.lookedAt === 'due') return { ...summary, ...this.#counts };
    const { specials, ignored } = summary;
    this.#counts = { specials, ignored };
    return summary;
  }

  close(): void {
    this.tree.close();
  }
}

/** Another one whenever somebody has written to the database. */
function stampOf(database: string): string {
  return [database, `${database}-wal`]
    .map((file) => {
      const stats = statSync(file, { bigint: true, throwIfNoEntry: false });
      return stats === undefined ? '-' : `${stats.ino}:${stats.size}:${stats.mtimeNs}`;
    })
    .join(' ');
}
