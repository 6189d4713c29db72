import { constants } from 'node:os';
import { BtsootError } from '@btsoot/shared/model/errors.js';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Runs work that Ctrl-C, SIGTERM or a closed terminal asks to stop in order: the first signal aborts, a second one ends
 * the process at once. What was acknowledged by then is kept either way.
 */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const onSignal = (name: NodeJS.Signals): void => {
    if (controller.signal.aborted) process.exit(128 + constants.signals[name]);
    controller.abort(new BtsootError('cancelled', 'it was asked to stop', { hint: 'What was done by then is kept.' }));
  };
  for (const name of SIGNALS) process.on(name, onSignal);
  try {
    return await sayingWhy(controller.signal, () => work(controller.signal));
  } finally {
    for (const name of SIGNALS) process.off(name, onSignal);
  }
}

/**
 * Runs work that a signal stops. Where it did, what is thrown is the signal's own reason: what broke off deep inside, or
 * on the other side, says only that it was cancelled.
 */
export async function sayingWhy<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const stopped = signal.aborted && error instanceof BtsootError && error.kind === 'cancelled';
    throw stopped && signal.reason instanceof BtsootError ? signal.reason : error;
  }
}
