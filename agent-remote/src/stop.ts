/**
 * Resolves when the process is asked to end: by a signal, or by the end of stdin where its parent holds that open. A
 * second signal ends it at once, as signals do.
 */
export function stopRequested({ onStdinEnd }: { readonly onStdinEnd: boolean }): Promise<string> {
  return new Promise((resolve) => {
    const stop = (reason: string): void => {
      if (onStdinEnd) process.stdin.destroy();
      resolve(reason);
    };
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stop(signal));
    if (!onStdinEnd) return;
    process.stdin.once('end', () => stop('stdin ended'));
    process.stdin.once('error', () => stop('stdin failed'));
    process.stdin.resume();
  });
}
