/** Waits for some work, for a while: `pending` also when the signal aborts. Its failure is not told here. */
export async function settledWithin(work: Promise<unknown>, ms: number, signal?: AbortSignal): Promise<'settled' | 'pending'> {
  return new Promise((resolve) => {
    const finish = (how: 'settled' | 'pending') => (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      resolve(how);
    };
    const onAbort = finish('pending');
    const timer = setTimeout(finish('pending'), ms);
    signal?.addEventListener('abort', onAbort, { once: true });
    if (signal?.aborted === true) onAbort();
    work.then(finish('settled'), finish('settled'));
  });
}
