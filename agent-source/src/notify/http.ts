import { setTimeout as sleep } from 'node:timers/promises';
import { BtsootError } from '@btsoot/shared/model/errors.js';
import { limits } from '@btsoot/shared/model/limits.js';

/**
 * Sends a text to an address of the person's own, a few times where nobody answers.
 * @throws BtsootError of kind `cancelled` where the signal ends it before that.
 * @throws BtsootError of kind `unreachable` that does not name the address: it may hold a secret.
 */
export async function ask(url: string, method: 'POST', body: string, signal: AbortSignal): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const why = await failureOf(url, method, body, signal);
    if (why === null) return;
    if (signal.aborted) throw stopped(url);
    if (attempt >= limits.notifyTriesMax) {
      throw new BtsootError('unreachable', `${new URL(url).host} ${why}`, {
        hint: 'Is the address in the config right, and can this machine reach it?',
      });
    }
    await sleep(limits.notifyRetryDelayMs, undefined, { signal }).catch(() => {
      throw stopped(url);
    });
  }
}

function stopped(url: string): BtsootError {
  return new BtsootError('cancelled', `${new URL(url).host} has not answered by the time that this process had to end`);
}

async function failureOf(url: string, method: string, body: string, stop: AbortSignal): Promise<string | null> {
  try {
    const isJson = body.startsWith('{');
    const headers = { 'content-type': isJson ? 'application/json' : 'text/plain; charset=utf-8' };
    const signal = AbortSignal.any([AbortSignal.timeout(limits.notifyMaxMs), stop]);
    const reply = await fetch(url, { method, body, headers, signal, redirect: 'follow' });
    await reply.body?.cancel();
    return reply.ok ? null : `answers with status ${reply.status}`;
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    return `cannot be reached: ${cause instanceof Error ? cause.message : String(cause)}`;
  }
}
