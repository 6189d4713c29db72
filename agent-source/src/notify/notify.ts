import { hostname } from 'node:os';
import { limits } from '@btsoot/shared/model/limits.js';
import { factsOfBlock, factsOfEnd } from '../hooks/facts.js';
import { formatMoment } from '../output/human.js';
import { NO_PAINT } from '../output/paint.js';
import { errorText, resultText } from '../output/result-text.js';
import { pausedText } from '../output/status-text.js';
import type { Pause } from '../pause.js';
import { errorView, type SyncEnd } from '../sync-message.js';
import type { Block, Context } from '../sync-types.js';
import { eventsOf, isNews, type NotifyEvent, tellingOf } from './events.js';
import { ask } from './http.js';
import { readTold, writeTold } from './told-file.js';

/**
 * Tells who wants to know how a sync of a block has ended. Never throws: what cannot be told, or not before the signal, goes to the log.
 */
export async function notifyOfEnd(context: Context, block: Block, end: SyncEnd, signal: AbortSignal): Promise<void> {
  const events = eventsOf(end);
  const [text, facts] = [textOf(end), factsOfEnd(block, end)];
  for (const event of events) await tell(context, block, { event, text, facts }, signal);
  const isGood = events.includes('success');
  if (events.length > 0) await ping(context, block, isGood ? '' : '/fail', text, signal);
}

/** Tells that a block was not synced well for too long. `goodUs`: since when; 0: never was. */
export async function notifyOfStale(
  context: Context,
  block: Block,
  goodUs: number,
  pause: Pause | null,
  nowUs: number,
  signal: AbortSignal,
): Promise<void> {
  const good = goodUs === 0 ? 'it never was' : `the last good sync was ${formatMoment(goodUs, nowUs)}`;
  const why = pause === null ? '' : `; it is ${pausedText(pause, nowUs)}, and goes on with \`btsoot resume ${block.name}\``;
  const since = `${good}${why}`;
  const text = `${block.name}: not synced well for too long: ${since}`;
  const facts = { ...factsOfBlock(block), BTSOOT_RESULT: 'stale', BTSOOT_ERROR: since };
  await tell(context, block, { event: 'stale', text, facts }, signal);
}

/** Tells a service that waits for it, such as healthchecks.io, that a sync begins. */
export async function notifyOfBegin(context: Context, block: Block, signal: AbortSignal): Promise<void> {
  await ping(context, block, '/start', '', signal);
}

interface News {
  readonly event: NotifyEvent;
  /** For people. */
  readonly text: string;
  readonly facts: Readonly<Record<string, string>>;
}

async function tell(context: Context, block: Block, { event, text, facts }: News, signal: AbortSignal): Promise<void> {
  const { on, command, webhook } = context.config.notify;
  if (command === null && webhook === null) return;
  const nowUs = Date.now() * 1000;
  try {
    const told = await readTold(context.paths, block.name);
    if (on.has(event) && isNews(event, told, nowUs)) {
      const message = { event, text, host: hostname(), timeUs: nowUs, facts };
      const attempts = await Promise.all([
        command !== null && attempt(context, block, 'command', () => runFor(command, message, signal)),
        webhook !== null && attempt(context, block, 'webhook', () => ask(webhook, 'POST', JSON.stringify(message), signal)),
      ]);
      // What nobody could be told stays news; that it is well ends what was wrong all the same.
      const isTold = event === 'success' || attempts.includes(true);
      if (isTold) await writeTold(context.paths, block.name, tellingOf(event, told, nowUs));
    } else if (event === 'success') await writeTold(context.paths, block.name, tellingOf(event, told, nowUs));
  } catch (error) {
    cannotTell(context, block, 'state', error);
  }
}

async function runFor(command: string, { event, text, facts }: News, signal: AbortSignal): Promise<void> {
  const { runCommand } = await import('../hooks/run-command.js');
  const environment = { ...facts, BTSOOT_EVENT: event, BTSOOT_TEXT: text.replaceAll('\0', '\\0') };
  await runCommand({ command, environment, limitMs: limits.notifyMaxMs, signal });
}

async function ping(context: Context, block: Block, suffix: string, text: string, signal: AbortSignal): Promise<void> {
  const { ping: url } = block;
  if (url !== null) await attempt(context, block, 'ping', () => ask(`${url}${suffix}`, 'POST', text, signal));
}

/** Whether it succeeded. */
async function attempt(context: Context, block: Block, what: string, work: () => Promise<void>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    cannotTell(context, block, what, error);
    return false;
  }
}

function cannotTell(context: Context, block: Block, what: string, error: unknown): void {
  context.log.log('warn', 'nobody could be told', { block: block.name, how: what, error: errorView(error).message });
}

function textOf(end: SyncEnd): string {
  return end.kind === 'result' ? resultText(end.result, 'sync', NO_PAINT) : errorText(end.block, end.error, NO_PAINT);
}
