import type { PlannedStep, Steps } from '../model/step.js';
import { StepDecoder, StepEncoder } from './step-codec.js';

/** A block that has become so long is closed: one step is found by reading those of its block before it. */
const BLOCK_MIN_BYTES = 32 * 1024;

interface Block {
  readonly count: number;
  readonly bytes: Buffer;
}

/** Steps of which each takes some fifty bytes, where objects take eight times that: a plan may have millions. */
export class PackedSteps implements Steps {
  readonly length: number;
  readonly #blocks: readonly Block[];

  constructor(blocks: readonly Block[]) {
    this.#blocks = blocks;
    this.length = blocks.reduce((sum, { count }) => sum + count, 0);
  }

  static of(steps: Iterable<PlannedStep>): PackedSteps {
    const packer = new StepPacker();
    for (const planned of steps) packer.add(planned);
    return packer.finish();
  }

  /** One part after the other, which share their memory with it. */
  static joined(...parts: readonly PackedSteps[]): PackedSteps {
    return new PackedSteps(parts.flatMap((part) => part.#blocks));
  }

  /** What the steps take. */
  get sizeBytes(): number {
    return this.#blocks.reduce((sum, { bytes }) => sum + bytes.length, 0);
  }

  at(index: number): PlannedStep | undefined {
    let first = 0;
    for (const { count, bytes } of this.#blocks) {
      if (index < first + count) return nth(bytes, index - first);
      first += count;
    }
    return undefined;
  }

  *entries(): Generator<[number, PlannedStep], void, undefined> {
    let index = 0;
    for (const planned of this) yield [index++, planned];
  }

  *[Symbol.iterator](): Generator<PlannedStep, void, undefined> {
    for (const { bytes } of this.#blocks) {
      const decoder = new StepDecoder(bytes);
      for (let next = decoder.next(); next !== undefined; next = decoder.next()) yield next;
    }
  }
}

/** Packs steps as they are made. */
export class StepPacker {
  readonly #blocks: Block[] = [];
  #encoder = new StepEncoder();
  #count = 0;

  add(planned: PlannedStep): void {
    this.#encoder.add(planned);
    this.#count += 1;
    if (this.#encoder.lengthBytes >= BLOCK_MIN_BYTES) this.#close();
  }

  /** All that was added. Nothing can be added any more. */
  finish(): PackedSteps {
    if (this.#count > 0) this.#close();
    return new PackedSteps(this.#blocks);
  }

  #close(): void {
    // A copy, because what the encoder gives may have as much room behind it again.
    this.#blocks.push({ count: this.#count, bytes: Buffer.from(this.#encoder.finish()) });
    this.#encoder = new StepEncoder();
    this.#count = 0;
  }
}

function nth(bytes: Buffer, index: number): PlannedStep | undefined {
  const decoder = new StepDecoder(bytes);
  for (let skipped = 0; skipped < index; skipped++) decoder.next();
  return decoder.next();
}
