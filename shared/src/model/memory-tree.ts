import { compareBytes, joinPath, type Name, splitPath, type TreePath } from './bytes.js';
import { directoryDigest } from './digest.js';
import { type Content, contentKey, type DirectoryNode, type FileNode, type Metadata, type TreeNode } from './entry.js';
import { dir, type Sketch } from './sketch.js';
import { type Special, specialText } from './special.js';
import type { Identity, Tree } from './tree.js';

interface Row {
  readonly id: number;
  name: Name;
  parent: Row | null;
  meta: Metadata;
  readonly body: Body;
}

type Body =
  | { readonly kind: 'file'; content: Content | null; group: string | null }
  | { readonly kind: 'symlink'; readonly target: string }
  | { readonly kind: 'special'; readonly special: Special }
  | { readonly kind: 'directory'; readonly complete: boolean; readonly children: Map<Name, Row>; settled: Settled | null };

interface Settled {
  readonly sorted: readonly TreeNode[];
  readonly digest: string;
  readonly entryCount: number;
  readonly totalBytes: number;
}

/** Far above the ids that tests choose, and shared by all trees: an id that nobody chose is in one tree only. */
let nextId = 1_000_000_000;

/** A whole tree in memory, for tests: to the pure rooms what the manifest store is, and as changeable. */
export class MemoryTree implements Tree {
  readonly #rows = new Map<number, Row>();
  readonly #root: Row;
  #byContent: Map<string, Row[]> | null = null;

  constructor(root: Sketch) {
    this.#root = this.#build(root, null);
  }

  root(): DirectoryNode {
    return nodeOf(this.#root) as DirectoryNode;
  }

  get(id: number): TreeNode | undefined {
    const row = this.#rows.get(id);
    return row !== undefined && this.#isAttached(row) ? nodeOf(row) : undefined;
  }

  /** As `get`, of an entry that was set aside as well. */
  row(id: number): TreeNode {
    return nodeOf(this.#row(id));
  }

  children(id: number): TreeNode[] {
    const row = this.#rows.get(id);
    return row?.body.kind === 'directory' ? [...settle(row.body).sorted] : [];
  }

  child(id: number, name: Name): TreeNode | undefined {
    const row = childRow(this.#rows.get(id), name);
    return row === undefined ? undefined : nodeOf(row);
  }

  withContent(content: Content, most: number): FileNode[] {
    this.#byContent ??= this.#indexContents();
    const rows = this.#byContent.get(contentKey(content)) ?? [];
    return rows.slice(0, most).map((row) => nodeOf(row) as FileNode);
  }

  withGroup(group: string): FileNode[] {
    const rows = [...this.#rows.values()].filter((row) => row.body.kind === 'file' && row.body.group === group);
    return rows.filter((row) => this.#isAttached(row)).map((row) => nodeOf(row) as FileNode);
  }

  withDigest(digest: string, most: number): DirectoryNode[] {
    const found: DirectoryNode[] = [];
    for (const { node } of walk(this)) {
      if (found.length === most) break;
      if (node.kind === 'directory' && node.digest === digest) found.push(node);
    }
    return found;
  }

  lookup(path: TreePath): TreeNode | undefined {
    let row: Row | undefined = this.#root;
    for (const name of splitPath(path)) row = childRow(row, name);
    return row === undefined ? undefined : nodeOf(row);
  }

  /** Adds an entry with all that is below it. Returns its id. */
  insert(parent: number, sketch: Sketch): number {
    const row = this.#build(sketch, null);
    this.#attach(row, parent, sketch.name);
    return row.id;
  }

  /** Moves an entry, from its place or from aside. */
  move(id: number, parent: number, name: Name): void {
    const row = this.#row(id);
    this.#detach(row);
    this.#attach(row, parent, name);
  }

  /** Takes an entry out of the tree with all that is below it; `move` can bring it back. */
  setAside(id: number): void {
    this.#detach(this.#row(id));
  }

  setMeta(id: number, meta: Metadata): void {
    const row = this.#row(id);
    row.meta = meta;
    unsettle(row);
  }

  setContent(id: number, content: Content | null): void {
    const row = this.#row(id);
    if (row.body.kind !== 'file') throw new Error(`entry ${id} is no file`);
    row.body.content = content;
    unsettle(row);
    this.#byContent = null;
  }

  setGroup(id: number, group: string | null): void {
    const row = this.#row(id);
    if (row.body.kind !== 'file') throw new Error(`entry ${id} is no file`);
    row.body.group = group;
    unsettle(row);
  }

  #build(sketch: Sketch, parent: Row | null): Row {
    const id = sketch.id ?? nextId++;
    if (this.#rows.has(id)) throw new Error(`the id ${id} is taken`);
    const row: Row = { id, name: sketch.name, parent, meta: sketch.meta, body: bodyOf(sketch) };
    this.#rows.set(id, row);
    this.#byContent = null;
    if (sketch.kind === 'directory' && row.body.kind === 'directory') {
      for (const child of sketch.children) row.body.children.set(child.name, this.#build(child, row));
    }
    return row;
  }

  #row(id: number): Row {
    const row = this.#rows.get(id);
    if (row === undefined) throw new Error(`there is no entry ${id}`);
    return row;
  }

  #attach(row: Row, parentId: number, name: Name): void {
    const parent = this.#row(parentId);
    if (parent.body.kind !== 'directory' || parent.body.children.has(name)) throw new Error(`no room for ${name}`);
    for (let at: Row | null = parent; at !== null; at = at.parent) if (at === row) throw new Error(`${name} into itself`);
    row.name = name;
    row.parent = parent;
    parent.body.children.set(name, row);
    unsettle(parent);
    this.#byContent = null;
  }

  #detach(row: Row): void {
    if (row === this.#root) throw new Error('the root stays');
    if (row.parent === null) return;
    if (row.parent.body.kind === 'directory') row.parent.body.children.delete(row.name);
    unsettle(row.parent);
    row.parent = null;
    this.#byContent = null;
  }

  #isAttached(row: Row): boolean {
    let top = row;
    while (top.parent !== null) top = top.parent;
    return top === this.#root;
  }

  #indexContents(): Map<string, Row[]> {
    const index = new Map<string, Row[]>();
    for (const row of this.#rows.values()) {
      if (row.body.kind !== 'file' || row.body.content === null || !this.#isAttached(row)) continue;
      const key = contentKey(row.body.content);
      const holders = index.get(key);
      if (holders === undefined) index.set(key, [row]);
      else holders.push(row);
    }
    return index;
  }
}

export function tree(...children: readonly Sketch[]): MemoryTree {
  return new MemoryTree(dir('', ...children));
}

/** Entries of both trees with the same id are the same thing. */
export function sameIds(origin: Tree, target: Tree): Identity {
  return {
    inTarget: (id) => target.get(id)?.id,
    inOrigin: (id) => origin.get(id)?.id,
  };
}

/** Every entry of a tree with its path, the root first, children in byte order. */
export function* walk(of: Tree): Generator<{ readonly path: TreePath; readonly node: TreeNode }> {
  const waiting: { path: TreePath; node: TreeNode }[] = [{ path: '' as TreePath, node: of.root() }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { path, node } = next;
    yield next;
    for (const child of of.children(node.id).reverse()) waiting.push({ path: joinPath(path, child.name), node: child });
  }
}

function bodyOf(sketch: Sketch): Body {
  switch (sketch.kind) {
    case 'file':
      return { kind: 'file', content: sketch.content, group: sketch.group ?? null };
    case 'symlink':
      return { kind: 'symlink', target: sketch.target };
    case 'special':
      return { kind: 'special', special: sketch.special };
    case 'directory':
      return { kind: 'directory', complete: sketch.complete, children: new Map(), settled: null };
  }
}

function childRow(row: Row | undefined, name: Name): Row | undefined {
  return row?.body.kind === 'directory' ? row.body.children.get(name) : undefined;
}

function nodeOf(row: Row): TreeNode {
  const { id, name, meta, body } = row;
  const parent = row.parent?.id ?? 0;
  switch (body.kind) {
    case 'file':
      return { kind: 'file', id, parent, name, meta, content: body.content, group: body.group };
    case 'symlink':
      return { kind: 'symlink', id, parent, name, meta, target: body.target };
    case 'special':
      return { kind: 'special', id, parent, name, meta, special: body.special };
    case 'directory': {
      const { digest, entryCount, totalBytes } = settle(body);
      return { kind: 'directory', id, parent, name, meta, complete: body.complete, digest, entryCount, totalBytes };
    }
  }
}

function settle(body: Body & { kind: 'directory' }): Settled {
  if (body.settled !== null) return body.settled;
  const sorted = [...body.children.values()].sort((a, b) => compareBytes(a.name, b.name)).map(nodeOf);
  let entryCount = sorted.length;
  let totalBytes = 0;
  for (const child of sorted) {
    if (child.kind === 'directory') entryCount += child.entryCount;
    totalBytes += child.kind === 'directory' ? child.totalBytes : child.kind === 'file' ? (child.content?.sizeBytes ?? 0) : 0;
  }
  body.settled = { sorted, digest: directoryDigest(sorted), entryCount, totalBytes };
  return body.settled;
}

function unsettle(from: Row): void {
  for (let row: Row | null = from; row !== null; row = row.parent) if (row.body.kind === 'directory') row.body.settled = null;
}

/** A tree as lines to compare: path, kind, metadata and what it holds. The root's line begins with a blank. */
export function outline(of: Tree): string[] {
  return [...walk(of)].map(({ path, node }) => `${path} ${node.kind} ${Object.values(node.meta).join(' ')} ${held(node)}`);
}

function held(node: TreeNode): string {
  switch (node.kind) {
    case 'file':
      return `${node.content === null ? 'unknown' : contentKey(node.content)}${node.group === null ? '' : ` of ${node.group}`}`;
    case 'directory':
      return node.complete ? '' : 'incomplete';
    case 'symlink':
      return node.target;
    case 'special':
      return specialText(node.special);
  }
}
