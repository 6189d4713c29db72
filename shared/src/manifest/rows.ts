import { byteString, type LinkTarget, type Name, toBytes } from '../model/bytes.js';
import type { Content, Kind, Metadata, TreeNode } from '../model/entry.js';
import { sameContent, sameMetadata } from '../model/entry.js';
import { BtsootError, manifestFault } from '../model/errors.js';
import { type Special, sameSpecial, specialFromText } from '../model/special.js';
import { NO_XATTRS, type Xattrs } from '../model/xattrs.js';

/** A new entry, whose name and place are said beside it. */
export type NewEntry =
  | {
      readonly kind: 'file';
      readonly meta: Metadata;
      readonly content: Content | null;
      /** Left out: null. */
      readonly group?: string | null;
    }
  | { readonly kind: 'directory'; readonly meta: Metadata; readonly complete: boolean }
  | { readonly kind: 'symlink'; readonly meta: Metadata; readonly target: LinkTarget }
  | { readonly kind: 'special'; readonly meta: Metadata; readonly special: Special };

/**
 * What changes of an entry; what is left out stays. `content` and `group` are for files, `complete` is for directories,
 * `target` for symlinks, `special` for special files.
 */
export interface EntryPatch {
  readonly meta?: Metadata;
  readonly content?: Content | null;
  readonly group?: string | null;
  readonly complete?: boolean;
  readonly target?: LinkTarget;
  readonly special?: Special;
}

/** A row as `ENTRY_COLUMNS` selects it. */
export interface EntryRow {
  readonly id: number;
  readonly parent: number;
  readonly name: Buffer;
  readonly kind: number;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly mtime_us: number;
  readonly hash: Buffer | null;
  readonly size: number | null;
  readonly target: Buffer | null;
  readonly link_group: Buffer | null;
  readonly complete: number;
  readonly digest: Buffer | null;
  readonly entry_count: number;
  readonly total_bytes: number;
  readonly xattrs: Buffer | null;
  readonly special: string | null;
}

/**
 * No join: a statement with one is prepared anew each time that its parameters are bound, where SQLite counts with what its
 * tables hold (SQLITE_ENABLE_STAT4), and that takes ten times as long as to find the row.
 */
const contentOf = (table: string): string => `(SELECT hash FROM contents WHERE id = ${table}.content) AS hash,
  (SELECT size FROM contents WHERE id = ${table}.content) AS size`;

/**
 * A row id to find children by. A bare parameter is compared with the condition of the partial index `entries_history`, for which SQLite
 * prepares the statement anew whenever another value is bound: that takes ten times as long as to find the rows.
 */
export const PARENT = '(? + 0)';

/** Selects an EntryRow from `entries e`. */
export const ENTRY_COLUMNS = `e.id, e.parent, e.name, e.kind, e.mode, e.uid, e.gid, e.mtime_us, ${contentOf('e')}, e.target, e.link_group,
  e.complete, e.digest, e.entry_count, e.total_bytes, e.xattrs, e.special`;

/** As ENTRY_COLUMNS, of a version of an entry, `v`, which `entries` or `past` has. */
export const VERSION_COLUMNS = `v.id, v.parent, v.name, v.kind, v.mode, v.uid, v.gid, v.mtime_us, ${contentOf('v')}, v.target, v.link_group,
  v.complete, NULL AS digest, 0 AS entry_count, 0 AS total_bytes, v.xattrs, v.special`;

/** A special file goes as a symlink whose `special` says what it is: version 1 knew three codes, and checks them. */
export const KIND_CODES = { file: 1, directory: 2, symlink: 3, special: 3 } as const satisfies Record<Kind, number>;

/** A directory whose digest is stale gets the digest '', and the counts it had when its digest was last computed. */
export function nodeFromRow(row: EntryRow): TreeNode {
  const { id, parent } = row;
  const name = byteString(row.name) as Name;
  const meta: Metadata = { mode: row.mode, uid: row.uid, gid: row.gid, mtimeUs: row.mtime_us, xattrs: xattrsFromRow(row.xattrs) };
  switch (row.kind) {
    case KIND_CODES.file:
      return { kind: 'file', id, parent, name, meta, content: contentFromRow(row.hash, row.size), group: groupFromRow(row) };
    case KIND_CODES.directory:
      return {
        kind: 'directory',
        id,
        parent,
        name,
        meta,
        digest: row.digest === null ? '' : row.digest.toString('hex'),
        complete: row.complete !== 0,
        entryCount: row.entry_count,
        totalBytes: row.total_bytes,
      };
    case KIND_CODES.symlink:
      if (row.special !== null) return { kind: 'special', id, parent, name, meta, special: specialFromRow(row.special, id) };
      return { kind: 'symlink', id, parent, name, meta, target: row.target === null ? '' : byteString(row.target) };
    default:
      throw manifestFault(`row ${id} of the manifest is of the unknown kind ${row.kind}`);
  }
}

function xattrsFromRow(xattrs: Buffer | null): Xattrs {
  return xattrs === null ? NO_XATTRS : byteString(xattrs);
}

/** The value for an `xattrs` column: no entry without attributes pays for those that have some. */
export function xattrsColumn(xattrs: Xattrs): Buffer | null {
  return xattrs === NO_XATTRS ? null : toBytes(xattrs);
}

function specialFromRow(text: string, id: number): Special {
  const special = specialFromText(text);
  if (special === null) throw manifestFault(`row ${id} of the manifest is a special file of no kind`);
  return special;
}

function contentFromRow(hash: Buffer | null, size: number | null): Content | null {
  return hash === null || size === null ? null : { hash: hash.toString('hex'), sizeBytes: size };
}

function groupFromRow({ link_group }: EntryRow): string | null {
  return link_group === null ? null : link_group.toString('hex');
}

/** @throws BtsootError of kind `invalid` where the patch does not fit the entry's kind. */
export function patched(node: TreeNode, patch: EntryPatch): TreeNode {
  const meta = patch.meta ?? node.meta;
  const fits = (field: keyof EntryPatch, kind: Kind) => patch[field] === undefined || node.kind === kind;
  const isFit =
    fits('content', 'file') &&
    fits('group', 'file') &&
    fits('complete', 'directory') &&
    fits('target', 'symlink') &&
    fits('special', 'special');
  if (!isFit) {
    throw new BtsootError('invalid', `a change of ${Object.keys(patch).join(', ')} does not fit row ${node.id}, a ${node.kind}`);
  }
  switch (node.kind) {
    case 'file':
      return { ...node, meta, content: given(patch.content, node.content), group: given(patch.group, node.group) };
    case 'directory':
      return { ...node, meta, complete: patch.complete ?? node.complete };
    case 'symlink':
      return { ...node, meta, target: patch.target ?? node.target };
    case 'special':
      return { ...node, meta, special: patch.special ?? node.special };
    default:
      return node satisfies never;
  }
}

function given<T>(value: T | undefined, otherwise: T): T {
  return value === undefined ? otherwise : value;
}

/** Whether two versions of one entry say the same, their digests and counts left out. */
export function sameVersion(a: TreeNode, b: TreeNode): boolean {
  if (!sameMetadata(a.meta, b.meta)) return false;
  if (a.kind === 'file' && b.kind === 'file')
    return a.group === b.group && (a.content === b.content || sameContent(a.content, b.content));
  if (a.kind === 'directory' && b.kind === 'directory') return a.complete === b.complete;
  if (a.kind === 'special' && b.kind === 'special') return sameSpecial(a.special, b.special);
  return a.kind === 'symlink' && b.kind === 'symlink' && a.target === b.target;
}
