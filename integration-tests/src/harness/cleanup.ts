type Work = () => unknown;

/** Whoever tells when it is over: node:test's TestContext is one, so is a Cleanup. */
export interface Scope {
  after(work: () => Promise<void>): void;
}

/** Undoes things in the reverse order of their doing. */
export class Cleanup implements Scope {
  readonly #works: Work[] = [];

  /** A cleanup that runs when the scope ends. */
  static within(scope: Scope): Cleanup {
    const cleanup = new Cleanup();
    scope.after(() => cleanup.run());
    return cleanup;
  }

  after(work: Work): void {
    this.#works.push(work);
  }

  async run(): Promise<void> {
    for (let work = this.#works.pop(); work !== undefined; work = this.#works.pop()) await work();
  }
}
