import type { Layout } from '../delta/layout.js';
import type { Delivery } from '../model/delivery.js';
import { limits } from '../model/limits.js';
import type { FileStep } from '../model/step.js';
import { StepFailed } from './action.js';
import type { Bases } from './bases.js';
import type { Holdings } from './content-reader.js';
import { isRepair } from './copying.js';
import { evenChunks } from './even-chunks.js';
import { withHolder } from './holders.js';
import { canPatchInPlace, InPlacePatch } from './in-place.js';
import type { Partials } from './partials.js';
import type { Sink } from './sink.js';
import { StagedFile, type StagedFileOptions } from './staged-file.js';
import type { Staging } from './staging.js';

/** How files may be received here. */
export interface Abilities {
  readonly reflinks: boolean;
  /** Null where no history is kept. */
  readonly sourceName: string | null;
}

export interface SinkOptions extends Abilities {
  readonly holdings: Holdings;
  readonly staging: Staging;
  readonly partials: Partials;
  readonly signal: AbortSignal | null;
}

export interface Announced {
  readonly step: FileStep;
  readonly delivery: Delivery;
  readonly bases: Bases;
  readonly layout: Layout | null;
}

/** What can be said without looking at the file: `openSink` looks at it, when all earlier steps are executed. */
export function mayPatchInPlace(step: FileStep, delivery: Delivery, { reflinks, sourceName }: Abilities): boolean {
  return !reflinks && sourceName !== null && delivery.positional && step.content.sizeBytes >= limits.inPlaceSizeMinBytes;
}

/** Chooses how a file is received: by patching the file it replaces, on a clone of it, or as a new file. */
export async function openSink(announced: Announced, options: SinkOptions): Promise<Sink> {
  const { step, delivery, bases, layout } = announced;
  const { staging, partials, signal } = options;
  const digest = delivery.chunksDigest;
  if (layout === null || digest === null) {
    const expected = evenChunks(step.content.sizeBytes);
    return StagedFile.create({ staging, partials, step, bases, signal, expected });
  }
  if (mayPatchInPlace(step, delivery, options)) {
    const patch = await openPatch(announced, layout, digest, options);
    if (patch !== null) return patch;
  }
  const file: StagedFileOptions = { staging, partials, step, bases, signal, expected: { layout, digest } };
  const mayClone = delivery.positional && options.reflinks && !isRepair(step);
  const clone = mayClone ? await openClone(file, delivery, options) : null;
  return clone ?? StagedFile.create(file);
}

async function openPatch(
  { step, delivery, bases }: Announced,
  layout: Layout,
  chunksDigest: string,
  { holdings, staging, reflinks, signal }: SinkOptions,
): Promise<Sink | null> {
  if (!canPatchInPlace({ holdings, step, delivery, reflinks, keepsHistory: true })) return null;
  bases.close();
  return InPlacePatch.open({ holdings, staging, step, layout, chunksDigest, signal });
}

/** Null where no plain file holds the basis, or its chunks are not known: then it is read and copied. */
async function openClone(file: StagedFileOptions, delivery: Delivery, { holdings, staging }: SinkOptions): Promise<Sink | null> {
  const basis = delivery.bases[0];
  const list = file.bases.lists[0] ?? null;
  if (basis === undefined || basis.partial || list === null) return null;
  try {
    const name = await withHolder(holdings, basis.content, (place) => staging.clone(place));
    return name === null ? null : await StagedFile.onClone(file, name, list);
  } catch (error) {
    if (error instanceof StepFailed) return null;
    throw error;
  }
}
