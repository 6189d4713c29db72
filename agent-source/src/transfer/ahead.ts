/**
 * Works on the next items while the last result is still in use: up to `depth` at a time, results in order. Leaving the
 * loop ends `items`, and waits for what is being worked on.
 */
export async function* mapAhead<A, B>(
  items: AsyncIterator<A>,
  depth: number,
  work: (item: A) => Promise<B>,
): AsyncGenerator<B, void, undefined> {
  const begin = async (): Promise<IteratorResult<B, void>> => {
    const next = await items.next();
    return next.done === true ? { done: true, value: undefined } : { done: false, value: await work(next.value) };
  };
  const underWay: Promise<IteratorResult<B, void>>[] = [];
  const top = (): void => {
    while (underWay.length < depth) {
      const result = begin();
      // Whoever is waited for later may fail while nobody looks; it throws when its turn comes.
      result.catch(() => {});
      underWay.push(result);
    }
  };
  try {
    for (;;) {
      top();
      const next = await (underWay.shift() as Promise<IteratorResult<B, void>>);
      if (next.done === true) return;
      top();
      yield next.value;
    }
  } finally {
    await items.return?.();
    await Promise.allSettled(underWay);
  }
}
