import type { Drifted, DriftReport } from '@btsoot/shared/model/drift.js';
import { limits } from '@btsoot/shared/model/limits.js';
import type { DriftFound } from '@btsoot/shared/scan/scan.js';
import type { OpenBlock } from './blocks.js';
import { olderVersionsOf } from './older-versions.js';

/** Gathers what a check of the tree finds: counts all of it, and keeps the first of it by name. */
export class DriftList implements DriftReport {
  readonly #block: OpenBlock;
  readonly #first: Drifted[] = [];
  #pathBytes = 0;
  #count = 0;

  constructor(block: OpenBlock) {
    this.#block = block;
  }

  get count(): number {
    return this.#count;
  }

  /** But for what is known to be damaged from now on, which is told at each session. */
  get first(): readonly Drifted[] {
    return this.#first;
  }

  add({ path, how, id, lost, entries }: DriftFound): void {
    this.#count += entries;
    if (path === null || this.#block.manifest.damages.get(id) !== null) return;
    if (this.#first.length >= limits.driftListedMax || this.#pathBytes >= limits.driftPathsMaxBytes) return;
    this.#pathBytes += path.length;
    this.#first.push({ path, how, olderVersions: olderVersionsOf(this.#block, id, lost) });
  }
}
