import type { Manifest } from '../manifest/manifest.js';
import { type Content, contentKey } from '../model/entry.js';
import { limits } from '../model/limits.js';
import type { PatchFile } from './patch-file.js';

/**
 * How many patches lie between a file and the oldest of its versions that is read through it, and their ranges: that many
 * files must be opened, and that many ranges held, to read it.
 */
interface UndoChain {
  readonly content: string;
  readonly patches: number;
  readonly ranges: number;
}

const NO_CHAIN = { patches: 0, ranges: 0 };

/** Whether a file with this content may be patched once more; else it is time for it to be written anew. */
export function hasRoomForUndo(manifest: Manifest, fileId: number, content: Content): boolean {
  const { patches, ranges } = chainBelow(manifest, fileId, content);
  return patches < limits.undoPatchesMax && ranges < limits.undoRangesMax;
}

/** How many older versions of a file are read through the bytes that it has with this content. */
export function versionsKeptWith(manifest: Manifest, fileId: number, content: Content): number {
  return chainBelow(manifest, fileId, content).patches;
}

/** The file has been patched, and `undo` leads back; belongs into the transaction that writes its rows. */
export function noteUndo(manifest: Manifest, fileId: number, undo: Pick<PatchFile, 'makes' | 'over' | 'rangeCount'>): void {
  const { patches, ranges } = chainBelow(manifest, fileId, undo.makes);
  const chain: UndoChain = { content: contentKey(undo.over), patches: patches + 1, ranges: ranges + undo.rangeCount };
  manifest.setSetting(settingOf(fileId), JSON.stringify(chain));
}

/** What was noted of another content is of versions that no more depend on this file. */
function chainBelow(manifest: Manifest, fileId: number, content: Content): Pick<UndoChain, 'patches' | 'ranges'> {
  const noted = manifest.setting(settingOf(fileId));
  if (noted === null) return NO_CHAIN;
  const chain = JSON.parse(noted) as UndoChain;
  return chain.content === contentKey(content) ? chain : NO_CHAIN;
}

function settingOf(fileId: number): string {
  return `undo-chain-${fileId}`;
}
