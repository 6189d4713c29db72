import type { Name } from '../model/bytes.js';
import type { TreeNode } from '../model/entry.js';
import { HISTORY_ID } from './areas.js';

const SUFFIX = '.undo';

/** The name below HISTORY of an undo file: of a version whose file was patched in place (apply/in-place.ts). */
export function undoName(slot: string): Name {
  return `${slot}${SUFFIX}` as Name;
}

export function isUndoName(name: string): boolean {
  return name.endsWith(SUFFIX);
}

/** Whether a row's file holds a way back to its content, and not the content itself. */
export function isUndo(row: Pick<TreeNode, 'parent' | 'name'>): boolean {
  return row.parent === HISTORY_ID && isUndoName(row.name);
}
