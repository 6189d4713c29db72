import { display, joinPath, type TreePath } from '@btsoot/shared/model/bytes.js';
import type { TreeNode } from '@btsoot/shared/model/entry.js';
import { formatBytes, formatTime } from './human.js';
import { table } from './table.js';

/** Entries of one folder, one a line: size, time, path; a folder ends with a slash. */
export function listingText(folder: TreePath, children: readonly TreeNode[]): string {
  const rows = children.map((node) => [sizeText(node), formatTime(node.meta.mtimeUs)] as const);
  const width = Math.max(...rows.map(([size]) => size.length), SIZE_COLUMNS);
  return table(
    rows.map(([size, time], index) => [size.padStart(width), time, pathText(folder, children[index] as TreeNode)]),
  ).join('\n');
}

/** As wide as any size, so that the columns of folders stand below each other. */
const SIZE_COLUMNS = '1023 MB'.length;

function sizeText(node: TreeNode): string {
  if (node.kind !== 'file') return '-';
  return node.content === null ? 'unknown' : formatBytes(node.content.sizeBytes);
}

function pathText(folder: TreePath, node: TreeNode): string {
  const path = display(joinPath(folder, node.name));
  switch (node.kind) {
    case 'directory':
      return `${path}/`;
    case 'symlink':
      return `${path} -> ${display(node.target)}`;
    case 'special':
      return `${path} (${node.special.type})`;
    case 'file':
      return path;
    default:
      return node satisfies never;
  }
}

/** For programs. Paths are for display; times are microseconds since the epoch. */
export function entryJson(folder: TreePath, node: TreeNode): object {
  const content = node.kind === 'file' ? node.content : null;
  const { mode, uid, gid, mtimeUs } = node.meta;
  return {
    path: display(joinPath(folder, node.name)),
    type: node.kind,
    mode,
    uid,
    gid,
    mtimeUs,
    ...(node.kind === 'file' ? { sizeBytes: content?.sizeBytes ?? null, content: content?.hash ?? null } : {}),
    ...(node.kind === 'symlink' ? { target: display(node.target) } : {}),
  };
}
