import { joinPath, type Name, ROOT_PATH, splitPath, type TreePath, toBytes } from '../model/bytes.js';
import type { DirectoryNode, FileNode, TreeNode } from '../model/entry.js';
import { manifestFault } from '../model/errors.js';
import { limits } from '../model/limits.js';
import type { Tree } from '../model/tree.js';
import { type Areas, HISTORY_ID, ROOT_ID } from './areas.js';
import type { Reader } from './reader.js';
import { type EntryRow, nodeFromRow, VERSION_COLUMNS } from './rows.js';
import type { Query, Store } from './store.js';

const LIVE = `SELECT ${VERSION_COLUMNS} FROM entries v WHERE v.born <= ?`;
const PAST = `SELECT ${VERSION_COLUMNS} FROM past v WHERE v.born <= ? AND v.died > ?`;

/** Where an old version was, until a session replaced or removed it. */
export interface FormerPlace {
  readonly path: TreePath;
  readonly session: number;
}

/** Versions of rows as of the end of a session, whether they are still rows or past. */
export class Versions {
  readonly #byId: Query<EntryRow>;
  readonly #children: Query<EntryRow>;
  readonly #child: Query<EntryRow>;
  readonly #replaced: Query<{ id: number }>;

  constructor(store: Store) {
    this.#byId = store.query(`${LIVE} AND v.id = ? UNION ALL ${PAST} AND v.id = ?`);
    this.#replaced = store.query(`SELECT past.id AS id FROM past JOIN contents ON contents.id = past.content
      WHERE (past.content = (SELECT content FROM entries WHERE id = ?)
        OR (contents.hash, contents.size) = (SELECT hash, size FROM damage WHERE entry = ?)) AND past.died = ? LIMIT 1`);
    this.#children = store.query(`${LIVE} AND v.parent = ? UNION ALL ${PAST} AND v.parent = ? ORDER BY 3`);
    this.#child = store.query(`${LIVE} AND v.parent = ? AND v.name = ? UNION ALL ${PAST} AND v.parent = ? AND v.name = ?`);
  }

  /** Slots are named for the session that filled them. A replaced file's row is a new one: its content tells which it was. */
  formerPlace(historyId: number, areas: Areas, reader: Reader): FormerPlace | null {
    const [slot = '' as Name, ...below] = splitPath(areas.locate(historyId).path);
    const session = Number.parseInt(slot, 10);
    const top = reader.child(HISTORY_ID, slot);
    if (top === undefined || !Number.isSafeInteger(session)) return null;
    const path = this.#pathAsOf(session - 1, top.id) ?? this.#pathOfReplaced(session, historyId);
    return path === null ? null : { path: below.reduce(joinPath, path), session };
  }

  #pathOfReplaced(session: number, historyId: number): TreePath | null {
    const replaced = this.#replaced.get(historyId, historyId, session);
    return replaced === undefined ? null : this.#pathAsOf(session - 1, replaced.id);
  }

  #pathAsOf(session: number, id: number): TreePath | null {
    const names: Name[] = [];
    for (let at = id; at !== ROOT_ID; ) {
      const node = this.byId(session, at);
      if (node === undefined || names.length > limits.pathDepthMax) return null;
      names.push(node.name);
      at = node.parent;
    }
    return names.reverse().reduce(joinPath, ROOT_PATH);
  }

  byId(session: number, id: number): TreeNode | undefined {
    const row = this.#byId.get(session, id, session, session, id);
    return row && nodeFromRow(row);
  }

  /** In byte order of names. */
  children(session: number, id: number): TreeNode[] {
    return this.#children.all(session, id, session, session, id).map(nodeFromRow);
  }

  child(session: number, id: number, name: Name): TreeNode | undefined {
    const bytes = toBytes(name);
    const row = this.#child.get(session, id, bytes, session, session, id, bytes);
    return row && nodeFromRow(row);
  }
}

/**
 * The tree as it was when a session ended: from the root's version of that time down, each directory's children being
 * the versions of that time that name it as their parent. Directories have no digests and no counts, and nothing is
 * found by content, group or digest.
 */
export class PastTree implements Tree {
  readonly #versions: Versions;
  readonly #session: number;

  constructor(versions: Versions, session: number) {
    this.#versions = versions;
    this.#session = session;
  }

  root(): DirectoryNode {
    const root = this.#versions.byId(this.#session, ROOT_ID);
    if (root?.kind === 'directory') return root;
    throw manifestFault(`session ${this.#session} of the manifest's history has no root directory`);
  }

  get(id: number): TreeNode | undefined {
    const node = this.#versions.byId(this.#session, id);
    let top = node;
    while (top !== undefined && top.id !== ROOT_ID) top = this.#versions.byId(this.#session, top.parent);
    return top && node;
  }

  children(id: number): TreeNode[] {
    return this.get(id) === undefined ? [] : this.#versions.children(this.#session, id);
  }

  child(id: number, name: Name): TreeNode | undefined {
    return this.get(id) === undefined ? undefined : this.#versions.child(this.#session, id, name);
  }

  withContent(): FileNode[] {
    return [];
  }

  withGroup(): FileNode[] {
    return [];
  }

  withDigest(): DirectoryNode[] {
    return [];
  }
}
