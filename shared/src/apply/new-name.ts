import { linkSync, rmSync } from 'node:fs';
import { kindOfMode } from '../disk/seen.js';
import type { FileNode } from '../model/entry.js';
import type { Seen } from '../model/seen.js';
import { drifted, type NewThing } from './action.js';
import type { Places } from './places.js';
import type { RowPlace } from './resolve.js';

/** Whether the place has a name of this very file. */
export function isNameOf(places: Places, at: RowPlace, existing: FileNode): boolean {
  const now = places.look(at.parentId, at.name);
  return now !== null && now.ino === places.look(existing.parent, existing.name)?.ino;
}

/** Whether what lies there can be a file that an earlier step of the same group has put there: its row says what was before. */
export function isAsPut(now: Seen | null, { content }: FileNode): boolean {
  return now !== null && kindOfMode(now.mode) === 'file' && now.sizeBytes === BigInt(content?.sizeBytes ?? -1);
}

/** Makes another name of a file in staging, from where it is renamed to its place like anything new. */
export function stageName(places: Places, existing: FileNode, name: string, path: Buffer): NewThing {
  const now = places.look(existing.parent, existing.name);
  if (now === null) throw drifted('the file has gone from the disk');
  rmSync(path, { force: true });
  linkSync(places.place(existing.parent, existing.name), path);
  return { kind: 'new', name, ino: now.ino.toString() };
}
