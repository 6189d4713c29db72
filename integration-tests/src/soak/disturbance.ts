import { cpSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Random } from '../harness/random.js';
import { editAtRandom } from '../harness/random-edits.js';
import type { Notes } from './notes.js';
import type { Stage } from './stage.js';

const EDITS_AT_ONCE_MAX = 6;
/** A tree with more is thinned out: random copies grow without an end. */
const ENTRIES_MAX = 600;
/** So that a cut falls into a transfer, now and then. */
const CUT_WITHIN_BYTES = 400_000;

export type Kind = 'nothing' | 'cut' | 'cut later' | 'SIGTERM' | 'SIGKILL';

/** Random changes to the trees of a stage, and random blows to its agents and links. */
export class Disturbance {
  readonly #stage: Stage;
  readonly #random: Random;
  readonly #notes: Notes;
  #deck: Kind[] = [];
  #pasts = 0;

  constructor(stage: Stage, random: Random, notes: Notes) {
    this.#stage = stage;
    this.#random = random;
    this.#notes = notes;
  }

  edit(): void {
    const { trees } = this.#stage;
    const tree = this.#pick(trees);
    this.#thinOut(tree);
    const past = this.#pasts === 0 ? [] : [this.#pastOf(tree)];
    for (let edits = 1 + this.#random.below(EDITS_AT_ONCE_MAX); edits > 0; edits--) {
      editAtRandom({ tree, random: this.#random, past });
      this.#notes.count('edits');
    }
  }

  /** Each of the kinds comes before one comes again. */
  async any(kinds: readonly Kind[]): Promise<void> {
    if (!this.#deck.every((kind) => kinds.includes(kind))) this.#deck = [];
    if (this.#deck.length === 0) this.#deck = this.#random.shuffled(kinds);
    const kind = this.#deck.pop() ?? 'nothing';
    const { links, services } = this.#stage;
    switch (kind) {
      case 'nothing':
        return;
      case 'cut':
        this.#pick(links).proxy.cut();
        break;
      case 'cut later': {
        const { proxy } = this.#pick(links);
        proxy.reset();
        proxy.cutAt(1 + this.#random.below(CUT_WITHIN_BYTES));
        break;
      }
      case 'SIGTERM':
      case 'SIGKILL': {
        const service = this.#pick(services);
        await service.stop(kind);
        await service.start();
        break;
      }
      default:
        kind satisfies never;
    }
    this.#notes.count(kind);
  }

  /** No link is cut any more that was not yet. */
  calm(): void {
    for (const { proxy } of this.#stage.links) proxy.cutAt(Number.POSITIVE_INFINITY);
  }

  /** What is in the trees now may come back. */
  keepPast(): void {
    this.#pasts++;
    for (const tree of this.#stage.trees) {
      rmSync(this.#pastOf(tree), { recursive: true, force: true });
      cpSync(tree, this.#pastOf(tree), { recursive: true, preserveTimestamps: true, verbatimSymlinks: true });
    }
  }

  #pastOf(tree: string): string {
    return `${tree}-as-it-was`;
  }

  #thinOut(tree: string): void {
    while (readdirSync(tree, { recursive: true }).length > ENTRIES_MAX) {
      const name = this.#pick(readdirSync(tree).filter((one) => one !== 'bystander'));
      rmSync(join(tree, name), { recursive: true });
      this.#notes.count('thinned out');
    }
  }

  #pick<T>(items: readonly T[]): T {
    return items[this.#random.below(items.length)] as T;
  }
}
