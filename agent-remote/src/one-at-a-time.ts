/** Lets one in at a time for each key, in the order of the calls. */
export class OneAtATime {
  readonly #lastOf = new WeakMap<object, Promise<void>>();

  /** Yields what `work` does, when all that came before for the same key has ended. @throws the signal's reason */
  async *run<T>(key: object, signal: AbortSignal, work: () => AsyncIterable<T>): AsyncGenerator<T, void, undefined> {
    const before = this.#lastOf.get(key);
    let leave = (): void => undefined;
    const over = new Promise<void>((resolve) => {
      leave = resolve;
    });
    this.#lastOf.set(
      key,
      Promise.all([before, over]).then(() => undefined),
    );
    try {
      await before;
      signal.throwIfAborted();
      yield* work();
    } finally {
      leave();
    }
  }
}
