import { existsSync } from 'node:fs';
import { HISTORY_ID, Manifest, ROOT_ID } from '@btsoot/shared/manifest/manifest.js';
import { type Content, contentKey, type TreeNode } from '@btsoot/shared/model/entry.js';

/** One entry as a manifest has it. */
export interface Row {
  readonly kind: TreeNode['kind'];
  /** A file's content or a symlink's target. */
  readonly is: string;
  /** Of files and symlinks: a folder's is given back when the last step in it is done. */
  readonly meta: string;
  /** Of a file with several names the first of them, else empty. */
  readonly linked: string;
}

/** What tests read of a manifest. Paths are byte strings. */
export interface Rows {
  readonly tree: ReadonlyMap<string, Row>;
  readonly contents: ReadonlyMap<string, Content>;
  /** The names below history. */
  readonly slots: ReadonlySet<string>;
  /** As of a session, where one was asked for that the manifest has. */
  readonly past: ReadonlyMap<string, Row> | null;
}

const NOTHING: Rows = { tree: new Map(), contents: new Map(), slots: new Set(), past: null };

/** One line for each entry that is not the same one in both. */
export function rowDifferences(left: ReadonlyMap<string, Row>, right: ReadonlyMap<string, Row>): string[] {
  return [...new Set([...left.keys(), ...right.keys()])].flatMap((path) => {
    const [one, other] = [left.get(path), right.get(path)].map((row) => (row === undefined ? 'nothing' : JSON.stringify(row)));
    return one === other ? [] : [`${JSON.stringify(path)}: ${one} against ${other}`];
  });
}

/** Reads a manifest that others may have open; what it does not have yet is empty. */
export function readRows(file: string, asOf = 0): Rows {
  if (!existsSync(file)) return NOTHING;
  const manifest = Manifest.open(file);
  try {
    const contents = new Map<string, Content>();
    const tree = walk((id) => manifest.rows(id), contents);
    const slots = new Set(manifest.rows(HISTORY_ID).map(({ name }) => name as string));
    const has = manifest.sessions().some(({ number }) => number === asOf);
    const then = has ? manifest.asOf(asOf) : null;
    return { tree, contents, slots, past: then === null ? null : walk((id) => then.children(id), new Map()) };
  } finally {
    manifest.close();
  }
}

function walk(childrenOf: (id: number) => readonly TreeNode[], contents: Map<string, Content>): Map<string, Row> {
  const nodes = new Map<string, TreeNode>();
  const visit = (id: number, prefix: string): void => {
    for (const node of childrenOf(id)) {
      const path = `${prefix}${node.name}`;
      nodes.set(path, node);
      if (node.kind === 'file' && node.content !== null) contents.set(contentKey(node.content), node.content);
      if (node.kind === 'directory') visit(node.id, `${path}/`);
    }
  };
  visit(ROOT_ID, '');
  const firstNames = new Map<string, string>();
  const sorted = [...nodes].sort(([a], [b]) => (a < b ? -1 : 1));
  return new Map(sorted.map(([path, node]) => [path, rowOf(node, firstNameOf(node, path, firstNames))]));
}

function firstNameOf(node: TreeNode, path: string, firstNames: Map<string, string>): string {
  if (node.kind !== 'file' || node.group === null) return '';
  const first = firstNames.get(node.group) ?? path;
  firstNames.set(node.group, first);
  return first;
}

function rowOf(node: TreeNode, linked: string): Row {
  const { kind } = node;
  const { mode, uid, gid, mtimeUs, xattrs } = node.meta;
  const meta = `${kind === 'symlink' ? '' : mode.toString(8)} ${uid}:${gid} ${mtimeUs} ${JSON.stringify(xattrs)}`;
  switch (kind) {
    case 'file':
      return { kind, is: node.content === null ? 'unknown' : contentKey(node.content), meta, linked };
    case 'symlink':
      return { kind, is: node.target, meta, linked };
    case 'special':
      return { kind, is: JSON.stringify(node.special), meta, linked };
    case 'directory':
      return { kind, is: '', meta: '', linked };
  }
}

/** Of entries, not of what other names they have. */
export function sameRow(a: Row | undefined, b: Row | undefined): boolean {
  return a !== undefined && b !== undefined && a.kind === b.kind && a.is === b.is && a.meta === b.meta;
}
