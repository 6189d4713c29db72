/** What is asked of one block is done one after the other: our own questions must not find the block busy with each other. */
export class Turns {
  readonly #last = new Map<string, Promise<unknown>>();

  async take<T>(block: string, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(block) ?? Promise.resolve();
    const mine = before.then(work, work);
    this.#last.set(block, mine);
    try {
      return await mine;
    } finally {
      if (this.#last.get(block) === mine) this.#last.delete(block);
    }
  }

  /** The turn is over when the work says that it has begun: who asks while it goes on is told that the block is busy. */
  begin<T>(block: string, work: (onBegun: () => void) => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      void this.take(block, () => {
        return new Promise<void>((onBegun) => {
          work(onBegun).then(resolve, reject).finally(onBegun);
        });
      });
    });
  }
}
