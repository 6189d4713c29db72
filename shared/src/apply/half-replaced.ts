import { unlinkSync } from 'node:fs';
import { HISTORY_ID, type Manifest, type NewEntry } from '../manifest/manifest.js';
import type { Name } from '../model/bytes.js';
import type { TreeNode } from '../model/entry.js';
import { drifted } from './action.js';
import type { DiskChecks } from './disk-checks.js';
import type { Places } from './places.js';
import type { RowPlace } from './resolve.js';

export interface HalfReplaced {
  readonly manifest: Manifest;
  readonly places: Places;
  readonly checks: DiskChecks;
  readonly hardLinks: boolean;
  readonly keepHistory: boolean;
}

/**
 * A crash came when an old version had its name in history, before or after the new one had its place. What else lies in that
 * place came after the crash, and is in no history.
 * @throws StepFailed `drift` where there is such: the old version is one in history then, as any other
 */
export function requireHalfReplaced({ checks, ...o }: HalfReplaced, at: RowPlace, row: TreeNode, slot: Name): void {
  const now = o.places.look(at.parentId, at.name);
  if (o.hardLinks ? checks.isUnchanged(at, row) : now === null) return;
  const kept = o.places.look(HISTORY_ID, slot);
  if (now !== null && now.ino === kept?.ino) unlinkSync(o.places.place(HISTORY_ID, slot));
  else if (o.keepHistory) o.manifest.insert(HISTORY_ID, slot, versionOf(row), kept);
  throw drifted(`${at.label}: it was changed on the disk`);
}

function versionOf(row: TreeNode): NewEntry {
  return row.kind === 'file' ? { kind: 'file', meta: row.meta, content: row.content } : row;
}
