import type { TreeRoot } from '@btsoot/shared/disk/tree-root.js';
import type { Manifest } from '@btsoot/shared/manifest/manifest.js';
import { BtsootError } from '@btsoot/shared/model/errors.js';
import { limits } from '@btsoot/shared/model/limits.js';
import type { FileStep, Plan, PlannedStep } from '@btsoot/shared/model/step.js';
import { SourceChanged, type SourceFile, SourceFiles } from '../source-file.js';
import { type BatchItem, type Load, stepBytes } from './frames.js';
import type { LookAhead } from './look-ahead.js';
import { piecesOf } from './pieces.js';

export interface LoadsOptions {
  readonly plan: Plan;
  readonly sourceRoot: TreeRoot;
  readonly source: Manifest;
  readonly lookAhead: LookAhead;
  /** How many content bytes may be sent at once. */
  readonly loadMaxBytes: () => number;
  /** The step will not be sent. */
  readonly onSkipped: (planned: PlannedStep, message: string) => void;
}

/** All that a plan sends, in order: steps in batches, small files with them, the parts of large files between them. */
export class Loads {
  readonly #o: LoadsOptions;
  readonly #files: SourceFiles;
  #items: BatchItem[] = [];
  #stepBytes = 0;
  #contentBytes = 0;

  constructor(options: LoadsOptions) {
    this.#o = options;
    this.#files = new SourceFiles(options.sourceRoot, options.source);
  }

  async *all(): AsyncGenerator<Load, void, undefined> {
    try {
      yield* this.#all();
    } finally {
      this.#files.close();
    }
  }

  async *#all(): AsyncGenerator<Load, void, undefined> {
    for (const planned of this.#o.plan.steps) {
      const { step } = planned;
      if (step.kind !== 'put') this.#add({ planned, step, inline: null, delivery: null });
      else if (step.content.sizeBytes > limits.inlineSizeMaxBytes) yield* this.#large(planned, step);
      else {
        if (this.#contentBytes > 0 && this.#contentBytes + step.content.sizeBytes > this.#o.loadMaxBytes()) yield this.#take();
        this.#small(planned, step);
      }
      if (this.#stepBytes >= limits.frameSizeMaxBytes || this.#items.length >= limits.stepsPerMessageMax) yield this.#take();
    }
    if (this.#items.length > 0) yield this.#take();
  }

  #small(planned: PlannedStep, step: FileStep): void {
    const file = this.#open(planned);
    if (file === null) return;
    try {
      this.#add({ planned, step, inline: file.readNow(0, step.content.sizeBytes), delivery: null });
    } catch (error) {
      this.#o.onSkipped(planned, messageOf(error));
    } finally {
      file.close();
    }
  }

  async *#large(planned: PlannedStep, step: FileStep): AsyncGenerator<Load, void, undefined> {
    const { delivery, layoutRest, ops } = await this.#o.lookAhead.take(planned);
    const file = this.#open(planned);
    if (file === null) return;
    try {
      this.#add({ planned, step, inline: null, delivery });
      yield this.#take();
      for (const bytes of layoutRest) yield { kind: 'layout', bytes };
      yield* body(piecesOf(ops, file, this.#o.loadMaxBytes()));
    } finally {
      file.close();
    }
  }

  #open(planned: PlannedStep): SourceFile | null {
    try {
      return this.#files.open(planned.originId);
    } catch (error) {
      this.#o.onSkipped(planned, messageOf(error));
      return null;
    }
  }

  #add(item: BatchItem): void {
    this.#items.push(item);
    this.#stepBytes += stepBytes(item);
    this.#contentBytes += item.inline?.length ?? 0;
  }

  #take(): Load {
    const load: Load = { kind: 'batch', items: this.#items };
    this.#items = [];
    this.#stepBytes = 0;
    this.#contentBytes = 0;
    return load;
  }
}

/** What cannot be read to its end is withdrawn. */
async function* body(pieces: ReturnType<typeof piecesOf>): AsyncGenerator<Load, void, undefined> {
  try {
    for await (const piece of pieces) yield { kind: 'piece', piece };
  } catch (error) {
    yield { kind: 'withdraw', message: messageOf(error) };
  }
}

/** What is wrong with one file, to be told; anything else is thrown. */
export function messageOf(error: unknown): string {
  if (error instanceof SourceChanged || error instanceof BtsootError) return error.message;
  throw error;
}
