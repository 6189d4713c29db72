import { setTimeout as sleep } from 'node:timers/promises';
import { BtsootError } from '@btsoot/shared/model/errors.js';
import { limits } from '@btsoot/shared/model/limits.js';

/**
 * Sends a text to an address of the person's own, a few times where nobody answers.
 * @throws BtsootError of kind `unreachable` that does not name the address: it may hold a secret.
 */
export async function ask(url: string, method: 'POST', body: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const why = await failureOf(url, method, body);
    if (why === null) return;
    if (attempt >= limits.notifyTriesMax) {
      throw new BtsootError('unreachable', `${new URL(url).host} ${why}`, {
        hint: 'Is the address in the config right, and can this machine reach it?',
      });
    }
    await sleep(limits.notifyRetryDelayMs);
  }
}

async function failureOf(url: string, method: string, body: string): Promise<string | null> {
  try {
    const isJson = body.startsWith('{');
    const headers = { 'content-type': isJson ? 'application/json' : 'text/plain; charset=utf-8' };
    const signal = AbortSignal.timeout(limits.notifyMaxMs);
    const reply = await fetch(url, { method, body, headers, signal, redirect: 'follow' });
    await reply.body?.cancel();
    return reply.ok ? null : `answers with status ${reply.status}`;
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    return `cannot be reached: ${cause instanceof Error ? cause.message : String(cause)}`;
  }
}
