import { type Name, splitPath, type TreePath, toBytes } from '../model/bytes.js';
import type { Content, DirectoryNode, FileNode, TreeNode } from '../model/entry.js';
import { limits } from '../model/limits.js';
import { type Areas, LIMBO_ID, ROOT_ID } from './areas.js';
import type { Contents } from './contents.js';
import { ENTRY_COLUMNS, type EntryRow, nodeFromRow, PARENT } from './rows.js';
import type { Query, Store } from './store.js';
import { isUndo } from './undo-name.js';

const SELECT = `SELECT ${ENTRY_COLUMNS} FROM entries e`;

/** Reads rows as nodes, wherever they hang. */
export class Reader {
  readonly #areas: Areas;
  readonly #contents: Contents;
  readonly #row: Query<EntryRow>;
  readonly #rows: Query<EntryRow>;
  readonly #child: Query<EntryRow>;
  readonly #withContent: Query<EntryRow>;
  readonly #withGroup: Query<EntryRow>;
  readonly #withDigest: Query<EntryRow>;

  constructor(store: Store, areas: Areas, contents: Contents) {
    this.#areas = areas;
    this.#contents = contents;
    this.#row = store.query(`${SELECT} WHERE e.id = ?`);
    this.#rows = store.query(`${SELECT} WHERE e.parent = ${PARENT} ORDER BY e.name`);
    this.#child = store.query(`${SELECT} WHERE e.parent = ? AND e.name = ?`);
    this.#withContent = store.query(`${SELECT} WHERE e.content = ? ORDER BY e.id`);
    this.#withGroup = store.query(`${SELECT} WHERE e.link_group = ? ORDER BY e.id LIMIT ${limits.namesPerFileMax}`);
    this.#withDigest = store.query(`${SELECT} WHERE e.digest = ? ORDER BY e.id`);
  }

  row(id: number): TreeNode | undefined {
    const row = this.#row.get(id);
    return row && nodeFromRow(row);
  }

  /** As `row`, of the tree only. */
  entry(id: number): TreeNode | undefined {
    const node = this.row(id);
    return node !== undefined && (id === ROOT_ID || this.#isInTree(node)) ? node : undefined;
  }

  /** In byte order of names. */
  rows(parent: number): TreeNode[] {
    return this.#rows.all(parent).map(nodeFromRow);
  }

  child(parent: number, name: Name): TreeNode | undefined {
    const row = this.#child.get(parent, toBytes(name));
    return row && nodeFromRow(row);
  }

  /** The row at `path` below an area's root; the root itself for the empty path. */
  lookup(areaId: number, path: TreePath): TreeNode | undefined {
    let node = this.row(areaId);
    for (const name of splitPath(path)) node = node && this.child(node.id, name);
    return node;
  }

  /** Files below ROOT with this content, at most `most`. */
  withContent(content: Content, most: number): FileNode[] {
    const found: FileNode[] = [];
    for (const node of this.#holders(content)) {
      if (found.length >= most) break;
      if (this.#isInTree(node)) found.push(node);
    }
    return found;
  }

  /**
   * At most `most` files with this content whose bytes lie somewhere, those in the tree first, undo files last: they hold
   * only what leads back to it. Of these the newest ones, newest first: an old one may lead only to a content that led back
   * here later. LIMBO's are missing.
   */
  holdersOf(content: Content, most: number): FileNode[] {
    const inTree = this.withContent(content, most);
    const elsewhere: FileNode[] = [];
    const undos: FileNode[] = [];
    for (const node of this.#holders(content)) {
      if (inTree.length + elsewhere.length >= most) break;
      const area = this.#areas.areaOf(node.parent);
      if (area === LIMBO_ID || area === ROOT_ID) continue;
      if (!isUndo(node)) elsewhere.push(node);
      else undos.push(node);
    }
    return [...inTree, ...elsewhere, ...undos.reverse()].slice(0, most);
  }

  /** Files below ROOT of this group. */
  withGroup(group: string): FileNode[] {
    const nodes = this.#withGroup.all(Buffer.from(group, 'hex')).map(nodeFromRow);
    return nodes.filter((node) => node.kind === 'file').filter((node) => this.#isInTree(node));
  }

  /** Directories below ROOT, or ROOT itself, with this digest, at most `most`. */
  withDigest(digest: string, most: number): DirectoryNode[] {
    const found: DirectoryNode[] = [];
    for (const row of this.#withDigest.iterate(Buffer.from(digest, 'hex'))) {
      if (found.length >= most) break;
      const node = nodeFromRow(row);
      if (node.kind === 'directory' && (node.id === ROOT_ID || this.#isInTree(node))) found.push(node);
    }
    return found;
  }

  #isInTree(node: TreeNode): boolean {
    return this.#areas.areaOf(node.parent) === ROOT_ID;
  }

  *#holders(content: Content): Generator<FileNode, void> {
    const contentId = this.#contents.find(content);
    if (contentId === undefined) return;
    for (const row of this.#withContent.iterate(contentId)) {
      const node = nodeFromRow(row);
      if (node.kind === 'file') yield node;
    }
  }
}
