interface Waiting {
  readonly key: string;
  readonly go: () => void;
}

/** Lets so many run at a time, and so many of one key; among those that may, who came first goes first. */
export class FairQueue {
  readonly #all: number;
  readonly #ofKey: number;
  readonly #running = new Map<string, number>();
  readonly #waiting: Waiting[] = [];

  constructor(all: number, ofKey: number) {
    this.#all = all;
    this.#ofKey = ofKey;
  }

  /** Leaving the queue before its turn comes is to be told by the signal. @throws the signal's reason */
  async run<T>(key: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    await this.#turn(key, signal);
    try {
      return await work();
    } finally {
      this.#add(key, -1);
      this.#next();
    }
  }

  /** Resolves when the turn has been taken. */
  #turn(key: string, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#mayRun(key)) {
      this.#add(key, 1);
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
        reject(signal.reason);
      };
      const go = (): void => {
        signal.removeEventListener('abort', leave);
        resolve();
      };
      const waiting = { key, go };
      this.#waiting.push(waiting);
      signal.addEventListener('abort', leave, { once: true });
    });
  }

  #next(): void {
    const index = this.#waiting.findIndex(({ key }) => this.#mayRun(key));
    const [first] = index < 0 ? [] : this.#waiting.splice(index, 1);
    if (first === undefined) return;
    this.#add(first.key, 1);
    first.go();
  }

  #add(key: string, count: number): void {
    this.#running.set(key, this.#of(key) + count);
  }

  #of(key: string): number {
    return this.#running.get(key) ?? 0;
  }

  #mayRun(key: string): boolean {
    const all = [...this.#running.values()].reduce((sum, count) => sum + count, 0);
    return all < this.#all && this.#of(key) < this.#ofKey;
  }
}
