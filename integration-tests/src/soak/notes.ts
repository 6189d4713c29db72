import type { Contest } from './contest.js';

/** What was done on a stage. */
export class Notes {
  readonly #deeds = new Map<string, number>();
  readonly contests: Contest[] = [];

  count(deed: string): void {
    this.#deeds.set(deed, (this.#deeds.get(deed) ?? 0) + 1);
  }

  /** How often what was done to the agents and their trees. */
  get deeds(): ReadonlyMap<string, number> {
    return this.#deeds;
  }

  summary(): string {
    return [...this.#deeds].map(([deed, count]) => `${count} ${deed}`).join(', ');
  }
}
