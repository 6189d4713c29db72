/** Does one thing at a time, in the order asked for. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  run<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work);
    this.#last = result.catch(() => {});
    return result;
  }
}

/** A share of something that there is only so much of, taken in the order asked for. */
export class Budget {
  readonly #total: number;
  #taken = 0;
  readonly #waiting: { readonly amount: number; readonly go: () => void }[] = [];

  constructor(total: number) {
    this.#total = total;
  }

  /** Runs the work while it holds that much. What is more than there is takes all of it. */
  async holding<T>(amount: number, work: () => Promise<T>): Promise<T> {
    const share = Math.min(amount, this.#total);
    await new Promise<void>((go) => {
      this.#waiting.push({ amount: share, go });
      this.#next();
    });
    try {
      return await work();
    } finally {
      this.#taken -= share;
      this.#next();
    }
  }

  #next(): void {
    for (let [first] = this.#waiting; first !== undefined; [first] = this.#waiting) {
      if (this.#taken + first.amount > this.#total) return;
      this.#taken += first.amount;
      this.#waiting.shift();
      first.go();
    }
  }
}
