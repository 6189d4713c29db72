/**
 * Iterates until the signal aborts, and then throws its reason at once, also while an item is still awaited: a peer
 * that says nothing more must not keep us waiting.
 */
export async function* untilAborted<T>(items: AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T, void, undefined> {
  const iterator = items[Symbol.asyncIterator]();
  let abortWait = (): void => undefined;
  const onAbort = (): void => abortWait();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    for (;;) {
      signal.throwIfAborted();
      // Not Promise.race with one promise for the abort: that would hold on to every item until the end.
      const result = await new Promise<IteratorResult<T>>((resolve, reject) => {
        abortWait = () => reject(signal.reason);
        iterator.next().then(resolve, reject);
      });
      if (result.done === true) return;
      yield result.value;
    }
  } finally {
    signal.removeEventListener('abort', onAbort);
    // Not awaited: it may settle only when the peer stirs.
    void Promise.resolve(iterator.return?.()).catch(() => undefined);
  }
}

/** Resolves when the signal aborts. */
export function whenAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
