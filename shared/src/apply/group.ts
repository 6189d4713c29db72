import { type ChunkList, packChunks } from '../delta/chunk-list.js';
import { type Content, contentKey } from '../model/entry.js';
import { limits } from '../model/limits.js';
import type { Place, Step } from '../model/step.js';
import type { Action, StepResult } from './action.js';
import type { StagedContent } from './bases.js';
import type { NewList } from './group-commit.js';
import { outcomeOf } from './incoming.js';

/** Steps that are prepared, or have failed at that, and wait to be committed together. */
export class Group {
  readonly actions: Action[] = [];
  readonly failed: StepResult[] = [];
  readonly lists: NewList[] = [];
  /** Names in staging of the files that may have a sidecar. */
  readonly withSidecar: string[] = [];
  readonly #startedUs: number;
  readonly #staged = new Map<string, StagedContent>();
  #sizeBytes = 0;
  #nameBytes = 0;

  constructor(nowUs: number) {
    this.#startedUs = nowUs;
  }

  get size(): number {
    return this.actions.length + this.failed.length;
  }

  /** @param path gives the place of a name in staging */
  add(action: Action, list: ChunkList | null, path: (name: string) => Buffer): void {
    const { step, staged } = action;
    this.actions.push(action);
    this.#nameBytes += nameBytes(step) + ('meta' in step ? step.meta.xattrs.length : 0);
    if (staged === null || (step.kind !== 'put' && step.kind !== 'copy' && step.kind !== 'hard-link')) return;
    this.#sizeBytes += step.content.sizeBytes;
    const chunks = list === null ? null : packChunks(list);
    if (chunks !== null) this.lists.push({ content: step.content, packed: chunks });
    if (staged.kind !== 'new') return;
    this.#staged.set(contentKey(step.content), { path: path(staged.name), chunks });
    if (chunks !== null || step.content.sizeBytes >= limits.partialSizeMinBytes) this.withSidecar.push(staged.name);
  }

  fail(index: number, error: unknown): void {
    this.failed.push({ index, outcome: outcomeOf(error) });
  }

  /** A file of this content that waits for its name: a later step may want it before. */
  staged(content: Content): StagedContent | undefined {
    return this.#staged.get(contentKey(content));
  }

  isDue(nowUs: number): boolean {
    return (
      this.#sizeBytes >= limits.groupSizeMaxBytes ||
      this.#nameBytes >= limits.groupNamesMaxBytes ||
      this.size >= limits.groupStepsMax ||
      nowUs - this.#startedUs >= limits.groupAgeMaxMs * 1000
    );
  }
}

/** What a step adds to the journal beyond a fixed size. */
function nameBytes(step: Step): number {
  switch (step.kind) {
    case 'move':
      return placeBytes(step.from) + placeBytes(step.to);
    case 'remove':
      return placeBytes(step.at);
    case 'link':
      return step.path.length + step.target.length;
    case 'hard-link':
      return step.path.length + step.existing.length;
    default:
      return step.path.length;
  }
}

function placeBytes(place: Place): number {
  return place.area === 'tree' ? place.path.length : 0;
}
