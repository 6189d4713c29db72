import { type Name, ROOT_PATH, splitPath, type TreePath, toBytes } from '../model/bytes.js';
import type { TreeNode } from '../model/entry.js';
import { limits } from '../model/limits.js';
import { LAST_RESERVED_ID, ROOT_ID } from './areas.js';
import { type EntryRow, nodeFromRow, VERSION_COLUMNS } from './rows.js';
import type { Query, Store } from './store.js';

/** Eras from `from` on, up to but not including `to`. */
interface Span {
  readonly from: number;
  readonly to: number;
}

/** A row as it was, unchanged, for a span. */
interface RowVersion extends Span {
  readonly node: TreeNode;
}

/** In which folder a row was, and by which name, for a span. */
interface Stay extends Span {
  readonly parent: number;
  readonly name: Name;
}

/** Where something was, for a span. */
interface Place extends Span {
  readonly path: TreePath;
}

/** What one entry was, without a change, from one session to another, both of which are kept. */
export interface PathVersion {
  readonly fromSession: number;
  readonly toSession: number;
  /** Whether it is so in the tree now. */
  readonly current: boolean;
  readonly path: TreePath;
  readonly node: TreeNode;
}

const FOREVER = Number.MAX_SAFE_INTEGER;

const COLUMNS = `${VERSION_COLUMNS}, v.born AS born`;
const LIVE = `SELECT ${COLUMNS}, ${FOREVER} AS died FROM entries v`;
const PAST = `SELECT ${COLUMNS}, v.died AS died FROM past v`;

type VersionRow = EntryRow & { readonly born: number; readonly died: number };

/** The versions of rows by id and by name, over all time. */
export class RowVersions {
  readonly #byId: Query<VersionRow>;
  readonly #byName: Query<{ id: number; born: number; died: number }>;

  constructor(store: Store) {
    this.#byId = store.query(`${LIVE} WHERE v.id = ? UNION ALL ${PAST} WHERE v.id = ? ORDER BY born`);
    this.#byName = store.query(`SELECT id, born, ${FOREVER} AS died FROM entries WHERE parent = ? AND name = ?
      UNION ALL SELECT id, born, died FROM past WHERE parent = ? AND name = ?`);
  }

  /** The oldest first. */
  byId(id: number): RowVersion[] {
    return this.#byId.all(id, id).map((row) => ({ from: row.born, to: row.died, node: nodeFromRow(row) }));
  }

  byName(parent: number, name: Name): (Span & { readonly id: number })[] {
    const bytes = toBytes(name);
    return this.#byName.all(parent, bytes, parent, bytes).map(({ id, born, died }) => ({ id, from: born, to: died }));
  }
}

/**
 * What was at a path in the sessions that are kept, and what became of that elsewhere: an entry keeps its row's id through
 * every rename. From the root down, every row that ever had the next name in a folder that was on the way is followed; then
 * each version of the rows that are found is placed by climbing up from it.
 *
 * A generator that yields now and then, so that whoever runs it can let others have a turn.
 */
export class PathHistory {
  readonly #rows: RowVersions;
  readonly #oldest: number;
  readonly #newest: number;
  readonly #known = new Map<number, RowVersion[]>();
  readonly #stays = new Map<number, Stay[]>();
  #looks = 0;
  #isCut = false;

  /** @param kept the numbers of the sessions that are kept: all from the oldest to the newest */
  constructor(rows: RowVersions, kept: { readonly oldest: number; readonly newest: number }) {
    this.#rows = rows;
    this.#oldest = kept.oldest;
    this.#newest = kept.newest;
  }

  /** Whether there was more than the limits allow to look at. */
  get isCut(): boolean {
    return this.#isCut;
  }

  /** The versions, newest first, in the generator's return value. */
  *versionsOf(path: TreePath): Generator<void, PathVersion[], void> {
    const versions: PathVersion[] = [];
    for (const id of yield* this.#everAt(path)) {
      for (const version of this.#versionsOfRow(id)) {
        yield;
        for (const place of joined(this.#places(version.node.parent, version, version.node.name))) {
          const found = this.#kept(version.node, place);
          if (found !== null) versions.push(found);
        }
      }
    }
    versions.sort((a, b) => b.toSession - a.toSession || b.fromSession - a.fromSession);
    if (versions.length > limits.versionsPerAnswerMax) this.#isCut = true;
    return versions.slice(0, limits.versionsPerAnswerMax);
  }

  /** Ids of the rows that were at the path at any time. */
  *#everAt(path: TreePath): Generator<void, Set<number>, void> {
    let folders: readonly (Span & { readonly id: number })[] = [{ id: ROOT_ID, from: 0, to: FOREVER }];
    for (const name of splitPath(path)) {
      const below: (Span & { readonly id: number })[] = [];
      for (const folder of folders) {
        yield;
        if (!this.#mayLook()) break;
        for (const child of this.#rows.byName(folder.id, name)) {
          const span = overlap(folder, child);
          if (span !== null) below.push({ id: child.id, ...span });
        }
      }
      folders = below;
    }
    return new Set(folders.map(({ id }) => id));
  }

  /** Where something of this name below this row was, in the span. */
  #places(parent: number, span: Span, path: string): Place[] {
    if (parent === ROOT_ID) return [{ from: span.from, to: span.to, path: path as TreePath }];
    if (parent <= LAST_RESERVED_ID) return [];
    if (path.length > limits.pathLengthMaxBytes) return [];
    return this.#staysOf(parent).flatMap((stay) => {
      const shared = overlap(stay, span);
      return shared === null ? [] : this.#places(stay.parent, shared, `${stay.name}/${path}`);
    });
  }

  /** A folder changes whenever something in it comes or goes, and stays where it is: few stays, however many versions. */
  #staysOf(id: number): Stay[] {
    const known = this.#stays.get(id);
    if (known !== undefined) return known;
    const stays: Stay[] = [];
    for (const { node, from, to } of this.#versionsOfRow(id)) {
      const last = stays.at(-1);
      if (last?.to === from && last.parent === node.parent && last.name === node.name) stays[stays.length - 1] = { ...last, to };
      else stays.push({ parent: node.parent, name: node.name, from, to });
    }
    this.#stays.set(id, stays);
    return stays;
  }

  #versionsOfRow(id: number): RowVersion[] {
    const known = this.#known.get(id);
    if (known !== undefined) return known;
    const versions = this.#mayLook() ? this.#rows.byId(id) : [];
    this.#looks += versions.length;
    this.#known.set(id, versions);
    return versions;
  }

  #mayLook(): boolean {
    this.#looks += 1;
    if (this.#looks > limits.versionRowsReadMax) this.#isCut = true;
    return !this.#isCut;
  }

  #kept(node: TreeNode, place: Place): PathVersion | null {
    const fromSession = Math.max(place.from, this.#oldest);
    const toSession = Math.min(place.to - 1, this.#newest);
    if (fromSession > toSession || place.path === ROOT_PATH) return null;
    return { fromSession, toSession, current: place.to === FOREVER, path: place.path, node };
  }
}

function overlap(one: Span, other: Span): Span | null {
  const [from, to] = [Math.max(one.from, other.from), Math.min(one.to, other.to)];
  return from < to ? { from, to } : null;
}

/** A folder above that changed and stayed in its place makes no new version of what is in it. */
function joined(places: readonly Place[]): Place[] {
  const result: Place[] = [];
  for (const place of places.toSorted((a, b) => a.from - b.from)) {
    const last = result.at(-1);
    if (last?.path === place.path && last.to === place.from) result[result.length - 1] = { ...last, to: place.to };
    else result.push(place);
  }
  return result;
}
