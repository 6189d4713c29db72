import { byteString, toBytes } from '../model/bytes.js';
import { BtsootError } from '../model/errors.js';
import type { Seen } from '../model/seen.js';
import { NO_XATTRS, type Xattrs } from '../model/xattrs.js';
import type { Listings } from './listings.js';
import { packSeen, unpackSeen } from './packed-seen.js';
import type { Query, Store, Value } from './store.js';

/** What the disk said of each row when it was last looked at. */
export class Sightings {
  readonly #listings: Listings;
  readonly #get: Query<{ seen: Buffer | null }>;
  readonly #set: Query<{ parent: number }>;
  readonly #withInode: Query<{ id: number }>;
  readonly #getXattrs: Query<{ xattrs: Buffer | null }>;
  readonly #setXattrs: Query;

  constructor(store: Store, listings: Listings) {
    this.#listings = listings;
    this.#get = store.query('SELECT seen FROM entries WHERE id = ?');
    this.#set = store.query('UPDATE entries SET seen = ?, dev = ?, ino = ? WHERE id = ? RETURNING parent');
    this.#withInode = store.query('SELECT id FROM entries WHERE ino = ? AND dev = ? ORDER BY id');
    this.#getXattrs = store.query('SELECT coalesce(seen_xattrs, xattrs) AS xattrs FROM entries WHERE id = ?');
    this.#setXattrs = store.query('UPDATE entries SET seen_xattrs = nullif(?, coalesce(xattrs, zeroblob(0))) WHERE id = ?');
  }

  get(id: number): Seen | null {
    const packed = this.#get.get(id)?.seen ?? null;
    return packed === null ? null : unpackSeen(packed);
  }

  /** Also drops the listing of the row's directory, which no longer says what the row says. */
  set(id: number, seen: Seen | null): void {
    const row = this.#set.get(...seenColumns(seen), id);
    if (row === undefined) throw new BtsootError('not-found', `the manifest has no row ${id} to note what was seen of it`);
    this.#listings.clear(row.parent);
  }

  /** The extended attributes that the disk showed. */
  xattrs(id: number): Xattrs {
    const xattrs = this.#getXattrs.get(id)?.xattrs ?? null;
    return xattrs === null ? NO_XATTRS : byteString(xattrs);
  }

  setXattrs(id: number, xattrs: Xattrs): void {
    this.#setXattrs.run(toBytes(xattrs), id);
  }

  withInode(dev: bigint, ino: bigint): number[] {
    return this.#withInode.all(signed(ino), signed(dev)).map((row) => row.id);
  }
}

/** Values for the columns seen, dev, ino. */
export function seenColumns(seen: Seen | null): [Value, Value, Value] {
  return seen === null ? [null, null, null] : [packSeen(seen), signed(seen.dev), signed(seen.ino)];
}

/** SQLite's integers are signed: the upper half of inode numbers goes in as negative ones. */
function signed(value: bigint): bigint {
  return BigInt.asIntN(64, value);
}
