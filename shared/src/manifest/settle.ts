import { directoryDigest } from '../model/digest.js';
import type { Entry, TreeNode } from '../model/entry.js';
import { Xxh3 } from '../model/xxh3.js';
import { ROOT_ID } from './areas.js';
import { LastDirectory } from './last-directory.js';
import type { Reader } from './reader.js';
import type { Query, Store } from './store.js';

/** Directories settled in one transaction, so that a first scan's log stays small. */
const DIRECTORIES_PER_TRANSACTION = 2_000;

/**
 * The digests of directories, computed only when somebody asks. A directory whose digest is stale has none, and neither
 * has any directory above it; so marking stops at the first that is stale already, and settling goes down only where
 * something changed. The other areas' roots are stale for good.
 */
export class Digests {
  readonly #store: Store;
  readonly #reader: Reader;
  readonly #markStale: Query<{ parent: number }>;
  readonly #staleChild: Query<{ id: number }>;
  readonly #isStale: Query<{ stale: number }>;
  readonly #write: Query;
  readonly #lastStale: LastDirectory;
  readonly #hash = new Xxh3();

  constructor(store: Store, reader: Reader) {
    this.#store = store;
    this.#reader = reader;
    this.#lastStale = new LastDirectory(store);
    this.#markStale = store.query('UPDATE entries SET digest = NULL WHERE id = ? AND digest IS NOT NULL RETURNING parent');
    this.#staleChild = store.query(
      'SELECT id FROM entries INDEXED BY entries_stale WHERE parent = ? AND kind = 2 AND digest IS NULL LIMIT 1',
    );
    this.#isStale = store.query('SELECT digest IS NULL AS stale FROM entries WHERE id = ?');
    this.#write = store.query('UPDATE entries SET digest = ?, entry_count = ?, total_bytes = ? WHERE id = ?');
  }

  /** A child of this directory came, went or changed. */
  markStale(directoryId: number): void {
    if (this.#lastStale.is(directoryId)) return;
    let row = this.#markStale.get(directoryId);
    while (row !== undefined) row = this.#markStale.get(row.parent);
    this.#lastStale.set(directoryId);
  }

  /** Computes the stale digests below ROOT, in memory bounded by the tree's depth. What is done stays done if cut off. */
  settle(): void {
    while (this.#isStale.get(ROOT_ID)?.stale === 1) this.#store.transaction(() => this.#settleSome());
  }

  #settleSome(): void {
    const open: number[] = [];
    let at: number | undefined = ROOT_ID;
    let settled = 0;
    while (at !== undefined && settled < DIRECTORIES_PER_TRANSACTION) {
      const below: number | undefined = this.#staleChild.get(at)?.id;
      if (below !== undefined) {
        open.push(at);
        at = below;
      } else {
        this.#compute(at);
        settled += 1;
        at = open.pop();
      }
    }
  }

  #compute(directoryId: number): void {
    this.#lastStale.forget();
    const totals = { entryCount: 0, totalBytes: 0 };
    const digest = directoryDigest(counted(this.#reader.eachRow(directoryId), totals), this.#hash);
    this.#write.run(Buffer.from(digest, 'hex'), totals.entryCount, totals.totalBytes, directoryId);
  }
}

function* counted(children: Iterable<TreeNode>, totals: { entryCount: number; totalBytes: number }): Generator<Entry, void> {
  for (const child of children) {
    totals.entryCount += 1;
    if (child.kind === 'directory') {
      totals.entryCount += child.entryCount;
      totals.totalBytes += child.totalBytes;
    } else if (child.kind === 'file' && child.content !== null) {
      totals.totalBytes += child.content.sizeBytes;
    }
    yield child;
  }
}
