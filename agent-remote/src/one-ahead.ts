/** Iterates with the next item on its way while one is being used: made at most one ahead, in order, its error told in its turn. */
export async function* oneAhead<T>(items: AsyncGenerator<T, void, undefined>): AsyncGenerator<T, void, undefined> {
  try {
    let next = items.next();
    for (;;) {
      const result = await next;
      if (result.done === true) return;
      next = items.next();
      next.catch(() => undefined);
      yield result.value;
    }
  } finally {
    // Not awaited: the item under way may come only when a peer stirs.
    void items.return().catch(() => undefined);
  }
}
