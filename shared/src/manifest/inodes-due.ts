import type { Query, Store } from './store.js';

/** An inode of a tree's file system, or of one that is mounted in it (see model/seen.ts). */
export interface Inode {
  readonly dev: bigint;
  readonly ino: bigint;
}

const KEY_BYTES = 16;

/** Inodes of which it is to be found out which rows are their names. Kept in the file: a scan may be cut off. */
export class InodesDue {
  readonly #add: Query;
  readonly #next: Query<{ inode: Buffer }>;
  readonly #remove: Query;

  constructor(store: Store) {
    this.#add = store.query('INSERT INTO inodes_due (inode) VALUES (?) ON CONFLICT DO NOTHING');
    this.#next = store.query('SELECT inode FROM inodes_due ORDER BY inode LIMIT ?');
    this.#remove = store.query('DELETE FROM inodes_due WHERE inode = ?');
  }

  add(inode: Inode): void {
    this.#add.run(keyOf(inode));
  }

  next(most: number): Inode[] {
    return this.#next.all(most).map(({ inode }) => ({ dev: inode.readBigUInt64BE(0), ino: inode.readBigUInt64BE(8) }));
  }

  remove(inode: Inode): void {
    this.#remove.run(keyOf(inode));
  }
}

function keyOf({ dev, ino }: Inode): Buffer {
  const key = Buffer.alloc(KEY_BYTES);
  key.writeBigUInt64BE(dev, 0);
  key.writeBigUInt64BE(ino, 8);
  return key;
}
