import { compareBytes, type Name } from '../model/bytes.js';
import { directoryDigest, stateDigest } from '../model/digest.js';
import type { Entry, Metadata } from '../model/entry.js';
import type { Tree } from '../model/tree.js';
import { HISTORY_ID, LIMBO_ID, type NewEntry, ROOT_ID, STASH_ID } from './manifest.js';

/** The manifest as one would write it without care for cost: what the properties hold the real one against. */
export interface NaiveRow {
  readonly id: number;
  parent: number;
  name: Name;
  entry: NewEntry;
}

export class NaiveManifest {
  readonly rows = new Map<number, NaiveRow>();

  constructor(rootMeta: Metadata) {
    for (const id of [ROOT_ID, LIMBO_ID, HISTORY_ID, STASH_ID]) {
      this.rows.set(id, { id, parent: 0, name: '' as Name, entry: { kind: 'directory', meta: rootMeta, complete: true } });
    }
  }

  childrenOf(id: number): NaiveRow[] {
    return [...this.rows.values()].filter((row) => row.parent === id).sort((a, b) => compareBytes(a.name, b.name));
  }

  directories(): NaiveRow[] {
    return [...this.rows.values()].filter((row) => row.entry.kind === 'directory');
  }

  isWithin(id: number, ancestor: number): boolean {
    for (let at = id; at !== 0; at = this.rows.get(at)?.parent ?? 0) if (at === ancestor) return true;
    return false;
  }

  remove(id: number): void {
    for (const child of this.childrenOf(id)) this.remove(child.id);
    this.rows.delete(id);
  }

  stateDigest(): string {
    return stateDigest(this.#entry(this.#root()));
  }

  /** All there is to say of the tree, without digests. */
  snapshot(): Snapshot {
    return this.#snapshot(this.#root());
  }

  #root(): NaiveRow {
    const root = this.rows.get(ROOT_ID);
    if (root === undefined) throw new Error('no root');
    return root;
  }

  #snapshot(row: NaiveRow): Snapshot {
    const children = this.childrenOf(row.id).map((child) => this.#snapshot(child));
    return { id: row.id, name: row.name, ...withoutNoGroup(row.entry), children };
  }

  #entry(row: NaiveRow): Entry {
    if (row.entry.kind === 'file') return { name: row.name, ...row.entry, group: row.entry.group ?? null };
    if (row.entry.kind !== 'directory') return { name: row.name, ...row.entry };
    const digest = directoryDigest(this.childrenOf(row.id).map((child) => this.#entry(child)));
    return { name: row.name, ...row.entry, digest, entryCount: 0, totalBytes: 0 };
  }

  /** What the root says of all below it. */
  totals(): { entryCount: number; totalBytes: number } {
    const below = [...this.rows.values()].filter((row) => row.id !== ROOT_ID && this.isWithin(row.id, ROOT_ID));
    const bytes = below.map(({ entry }) => (entry.kind === 'file' ? (entry.content?.sizeBytes ?? 0) : 0));
    return { entryCount: below.length, totalBytes: bytes.reduce((sum, size) => sum + size, 0) };
  }
}

export type Snapshot = NewEntry & { readonly id: number; readonly name: Name; readonly children: readonly Snapshot[] };

function withoutNoGroup(entry: NewEntry): NewEntry {
  if (entry.kind !== 'file' || (entry.group ?? null) !== null) return entry;
  return { kind: 'file', meta: entry.meta, content: entry.content };
}

/** The same of any Tree. Each node is also looked up by id and by name, which must agree. */
export function snapshotOf(tree: Tree): Snapshot {
  return snapshotBelow(tree, tree.root());
}

function snapshotBelow(tree: Tree, node: NonNullable<ReturnType<Tree['get']>>): Snapshot {
  const children = tree.children(node.id).map((child) => {
    if (tree.get(child.id)?.name !== child.name || tree.child(node.id, child.name)?.id !== child.id) {
      throw new Error(`entry ${child.id} reads differently by id, by name and among its siblings`);
    }
    return snapshotBelow(tree, child);
  });
  const { id, name, meta } = node;
  switch (node.kind) {
    case 'file':
      return { id, name, kind: 'file', meta, content: node.content, ...(node.group !== null && { group: node.group }), children };
    case 'directory':
      return { id, name, kind: 'directory', meta, complete: node.complete, children };
    case 'symlink':
      return { id, name, kind: 'symlink', meta, target: node.target, children };
    case 'special':
      return { id, name, kind: 'special', meta, special: node.special, children };
    default:
      return node satisfies never;
  }
}
