import { type Name, toBytes } from '../model/bytes.js';
import type { DirectoryNode, FileNode, TreeNode } from '../model/entry.js';
import type { Tree } from '../model/tree.js';
import { ROOT_ID } from './areas.js';
import { type EntryRow, nodeFromRow } from './rows.js';
import { damaged } from './sqlite-errors.js';
import type { Query, Store } from './store.js';

const COLUMNS = `v.id, v.parent, v.name, v.kind, v.mode, v.uid, v.gid, v.mtime_us, c.hash, c.size, v.target, v.complete,
  NULL AS digest, 0 AS entry_count, 0 AS total_bytes`;
const LIVE = `SELECT ${COLUMNS} FROM entries v LEFT JOIN contents c ON c.id = v.content WHERE v.born <= ?`;
const PAST = `SELECT ${COLUMNS} FROM past v LEFT JOIN contents c ON c.id = v.content WHERE v.born <= ? AND v.died > ?`;

/**
 * The tree as it was when a session ended: from the root's version of that time down, each directory's children being
 * the versions of that time that name it as their parent, whether they are still rows or past. Directories have no
 * digests and no counts, and nothing is found by content or digest.
 */
export class PastTree implements Tree {
  readonly #store: Store;
  readonly #session: number;
  readonly #version: Query<EntryRow>;
  readonly #children: Query<EntryRow>;
  readonly #child: Query<EntryRow>;

  constructor(store: Store, session: number) {
    this.#store = store;
    this.#session = session;
    this.#version = store.query(`${LIVE} AND v.id = ? UNION ALL ${PAST} AND v.id = ?`);
    this.#children = store.query(`${LIVE} AND v.parent = ? UNION ALL ${PAST} AND v.parent = ? ORDER BY 3`);
    this.#child = store.query(`${LIVE} AND v.parent = ? AND v.name = ? UNION ALL ${PAST} AND v.parent = ? AND v.name = ?`);
  }

  root(): DirectoryNode {
    const root = this.#versionOf(ROOT_ID);
    if (root?.kind !== 'directory') throw damaged(this.#store.file, `session ${this.#session} has no root directory`);
    return root;
  }

  get(id: number): TreeNode | undefined {
    const node = this.#versionOf(id);
    let top = node;
    while (top !== undefined && top.id !== ROOT_ID) top = this.#versionOf(top.parent);
    return top && node;
  }

  children(id: number): TreeNode[] {
    if (this.get(id) === undefined) return [];
    const at = this.#session;
    return this.#children.all(at, id, at, at, id).map(nodeFromRow);
  }

  child(id: number, name: Name): TreeNode | undefined {
    if (this.get(id) === undefined) return undefined;
    const at = this.#session;
    const row = this.#child.get(at, id, toBytes(name), at, at, id, toBytes(name));
    return row && nodeFromRow(row);
  }

  withContent(): FileNode[] {
    return [];
  }

  withDigest(): DirectoryNode[] {
    return [];
  }

  #versionOf(id: number): TreeNode | undefined {
    const at = this.#session;
    const row = this.#version.get(at, id, at, at, id);
    return row && nodeFromRow(row);
  }
}
