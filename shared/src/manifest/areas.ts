import { byteString, type Name, type TreePath } from '../model/bytes.js';
import { BtsootError } from '../model/errors.js';
import type { Query, Store } from './store.js';

/** The root of the tree. */
export const ROOT_ID = 1;
/** Entries that a running scan has missed and may find elsewhere. */
export const LIMBO_ID = 2;
/** Old versions of entries, one row per slot. */
export const HISTORY_ID = 3;
/** Entries that a plan has set aside. */
export const STASH_ID = 4;
/** Ids above this one are entries. */
export const LAST_RESERVED_ID = STASH_ID;

export type AreaName = 'tree' | 'limbo' | 'history' | 'stash';

/** A row's place: the area it hangs in, and its path below that area's root. */
export interface Location {
  readonly area: AreaName;
  readonly path: TreePath;
  /** As the names are on the disk. */
  readonly diskPath: TreePath;
}

const areaNames: ReadonlyMap<number, AreaName> = new Map([
  [ROOT_ID, 'tree'],
  [LIMBO_ID, 'limbo'],
  [HISTORY_ID, 'history'],
  [STASH_ID, 'stash'],
]);

interface PlaceRow {
  readonly parent: number;
  readonly name: Buffer;
  readonly disk_name: Buffer | null;
}

/** Where rows hang, found by walking up their parents: as many look-ups as the row is deep. */
export class Areas {
  readonly #parent: Query<{ parent: number }>;
  readonly #place: Query<PlaceRow>;

  constructor(store: Store) {
    this.#parent = store.query('SELECT parent FROM entries WHERE id = ?');
    this.#place = store.query('SELECT parent, name, disk_name FROM entries WHERE id = ?');
  }

  /** The id of the area root that the row hangs below, or is; undefined where there is no such row. */
  areaOf(id: number): number | undefined {
    let at: number | undefined = id;
    while (at !== undefined && at > LAST_RESERVED_ID) at = this.#parent.get(at)?.parent;
    return at;
  }

  /** @throws BtsootError of kind `not-found` where there is no such row. */
  locate(id: number): Location {
    const names: string[] = [];
    const diskNames: string[] = [];
    let at = id;
    while (at > LAST_RESERVED_ID) {
      const row = this.#place.get(at);
      if (row === undefined)
        throw new BtsootError('not-found', `the manifest has no row ${at}, looking for the place of row ${id}`);
      names.push(byteString(row.name));
      diskNames.push(byteString(row.disk_name ?? row.name));
      at = row.parent;
    }
    const area = areaNames.get(at);
    if (area === undefined) throw new BtsootError('not-found', `the manifest has no row ${id}`);
    return { area, path: joined(names), diskPath: joined(diskNames) };
  }

  /** Whether `id` is `ancestor` or hangs below it. */
  isWithin(id: number, ancestor: number): boolean {
    let at: number | undefined = id;
    while (at !== undefined && at !== ancestor && at > LAST_RESERVED_ID) at = this.#parent.get(at)?.parent;
    return at === ancestor;
  }
}

function joined(names: string[]): TreePath {
  return names.reverse().join('/') as TreePath;
}

/** The names of the reserved rows in their table: they only have to differ. The root's name is the empty string. */
export const reservedRows: readonly { readonly id: number; readonly name: Name }[] = [...areaNames].map(([id, area]) => ({
  id,
  name: (id === ROOT_ID ? '' : area) as Name,
}));
