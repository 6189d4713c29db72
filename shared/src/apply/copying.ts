import { isUndo } from '../manifest/undo-name.js';
import { limits } from '../model/limits.js';
import type { FileStep } from '../model/step.js';
import type { NewThing } from './action.js';
import { Bases, type BasisPlaces } from './bases.js';
import { type OpenContent, openContent } from './content-reader.js';
import { withHolder } from './holders.js';
import { openPart } from './partials.js';
import { StagedFile } from './staged-file.js';
import type { Staging } from './staging.js';

export interface CopyOptions extends BasisPlaces {
  readonly staging: Staging;
  readonly reflinks: boolean;
  readonly signal: AbortSignal | null;
}

/**
 * Makes a file from a content that is here already. A clone costs nothing and is taken on trust of the stat check that
 * was made; any other copy reads the bytes anyway, so it verifies them. What takes the place of damaged bytes is copied:
 * other files may share them.
 */
export async function copyContent(step: FileStep, options: CopyOptions): Promise<NewThing> {
  const { holdings } = options;
  const { content } = step;
  const copyFrom = (place: Buffer): Promise<NewThing> => copyFile(step, place, options);
  const staged = options.staged(content);
  if (staged !== undefined) return copyFrom(staged.path);
  const holders = holdings.manifest.holdersOf(content, limits.holdersTriedMax);
  if (holders.length === 0 || holders.some((holder) => !isUndo(holder))) return withHolder(holdings, content, copyFrom);
  // No whole file has it, but it is what another one was before that was patched in place.
  return copyBytes(step, () => openContent(holdings, content), options);
}

async function copyFile(step: FileStep, place: Buffer, options: CopyOptions): Promise<NewThing> {
  const { staging, reflinks } = options;
  const name = reflinks && !isRepair(step) ? await staging.clone(place) : null;
  if (name !== null) return staging.seal(name, 'file', step.meta);
  return copyBytes(step, () => openPart(place, step.content.sizeBytes), options);
}

/** Whether what is replaced is not known to hold anything. */
export function isRepair({ replaces }: FileStep): boolean {
  return replaces !== null && replaces.kind === 'file' && replaces.content === null;
}

async function copyBytes(step: FileStep, open: () => OpenContent, options: CopyOptions): Promise<NewThing> {
  const { staging, partials, signal } = options;
  const { sizeBytes } = step.content;
  const bases = new Bases([{ sizeBytes, list: null, partial: null, open }]);
  const file = await StagedFile.create({ staging, partials, step, bases, expected: null, signal });
  try {
    if (sizeBytes > 0) await file.copy(0, 0, sizeBytes);
    return await file.complete();
  } catch (error) {
    await file.discard();
    throw error;
  }
}
