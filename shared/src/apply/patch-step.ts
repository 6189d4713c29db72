import { constants, openSync, renameSync } from 'node:fs';
import { kindOfMode } from '../disk/seen.js';
import { HISTORY_ID, type Manifest } from '../manifest/manifest.js';
import { undoName } from '../manifest/undo-name.js';
import type { FileNode, Metadata } from '../model/entry.js';
import { BtsootError, errnoOf } from '../model/errors.js';
import type { Owners } from '../model/owners.js';
import type { Seen } from '../model/seen.js';
import { type Action, drifted, type Patch } from './action.js';
import { heldMetadata } from './held.js';
import { PatchFile } from './patch-file.js';
import { patchInPlace } from './patching.js';
import type { Places } from './places.js';
import type { Resolved, RowPlace } from './resolve.js';
import { noteUndo } from './undo-chain.js';

const openFlags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** A file that gets its new version where it is. */
export interface PatchedFile {
  readonly at: RowPlace;
  /** With the old version. */
  readonly row: FileNode;
  readonly meta: Metadata;
  readonly patch: Patch;
  /** Of the undo file, in history. */
  readonly slot: ReturnType<typeof undoName>;
}

/** What an action patches, or null where it does something else. */
export function patchedFile(resolved: Resolved, { staged, slot }: Action): PatchedFile | null {
  if (staged?.kind !== 'patch') return null;
  if (resolved.kind !== 'create' || resolved.replaces?.kind !== 'file') throw drifted('there is no file to be patched');
  return { at: resolved.at, row: resolved.replaces, meta: resolved.entry.meta, patch: staged, slot: undoName(slot) };
}

export interface PatchOptions {
  readonly manifest: Manifest;
  readonly places: Places;
  readonly stagedPath: (name: string) => Buffer;
  readonly chown: boolean;
  readonly owners: Owners;
}

/**
 * Puts the undo file into history and patches the file. A crash may have come in between at any point: of the file, only
 * its inode must be what the manifest says. Where it fails, the undo file is in staging again, but for a mixture
 * (patching.ts).
 */
export function patchFile(options: PatchOptions, { at, row, meta, patch, slot }: PatchedFile): void {
  const { manifest, places, stagedPath, chown, owners } = options;
  requireInode(manifest.seen(row.id), places.look(at.parentId, at.name), at.label);
  const kept = places.place(HISTORY_ID, slot);
  moveUnlessMoved(stagedPath(patch.undo), kept);
  try {
    patchInPlace({
      place: places.place(at.parentId, at.name),
      redo: () => open(stagedPath(patch.redo)),
      undo: openUndamaged(kept),
      meta: heldMetadata('file', meta, owners),
      oldMeta: heldMetadata('file', row.meta, owners),
      chown,
    });
  } catch (error) {
    const isMixture = error instanceof BtsootError && error.kind === 'corrupt';
    if (!isMixture) renameSync(kept, stagedPath(patch.undo));
    throw error;
  }
}

/** What else lies at the place counts for nothing: a manifest that was made anew gives names that were given before. */
function moveUnlessMoved(from: Buffer, to: Buffer): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
  }
}

/**
 * The step failed after a crash, but the undo file that it had put into history may lead back to the old version yet.
 * @returns whether there is one
 */
export function keepUndo({ manifest, places }: PatchOptions, { slot, row: { meta, content } }: PatchedFile): boolean {
  const seen = places.look(HISTORY_ID, slot);
  if (seen !== null) manifest.insert(HISTORY_ID, slot, { kind: 'file', meta, content }, seen);
  return seen !== null;
}

/** When the rows are written. A damaged undo file leads nowhere, and does not count. */
export function notePatch({ manifest, places }: PatchOptions, { row, slot }: PatchedFile): void {
  try {
    noteUndo(manifest, row.id, open(places.place(HISTORY_ID, slot)));
  } catch (error) {
    if (!(error instanceof BtsootError)) throw error;
  }
}

/** A second name would get the new version too, and one of them may be an old version in history. */
function requireInode(known: Seen | null, now: Seen | null, label: string): void {
  if (now === null) throw drifted(`${label}: it has gone from the disk`);
  if (known?.ino !== now.ino || kindOfMode(now.mode) !== 'file') throw drifted(`${label}: it was changed on the disk`);
  if (now.nlink !== 1) throw drifted(`${label}: it has another name on the disk`);
}

/** Nothing was touched yet: a damaged undo file ends one step, and not the group. */
function openUndamaged(path: Buffer): PatchFile {
  try {
    return open(path);
  } catch (error) {
    throw error instanceof BtsootError && error.kind === 'corrupt' ? new BtsootError('io', error.message) : error;
  }
}

function open(path: Buffer): PatchFile {
  return new PatchFile(() => openSync(path, openFlags));
}
