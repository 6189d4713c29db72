import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { limits } from '@btsoot/shared/model/limits.js';
import type { NotifySettings } from '../config-notify.js';
import { block, contextOf, syncResult, temporaryDirectory, temporaryPaths } from '../fixtures.js';
import type { LogFields } from '../log.js';
import type { SyncEnd } from '../sync-message.js';
import type { Context } from '../sync-types.js';
import { NOTIFY_EVENTS } from './events.js';
import { notifyOfBegin, notifyOfEnd, notifyOfStale } from './notify.js';

Object.assign(limits, { notifyRetryDelayMs: 1 });

const NEVER = new AbortController().signal;
const FAILED: SyncEnd = { block: 'photos', kind: 'error', error: { kind: 'io', message: 'the disk broke', hint: 'Mend it.' } };
const DONE: SyncEnd = { block: 'photos', kind: 'result', result: syncResult() };

interface Asked {
  readonly url: string;
  readonly body: string;
}

/** A real server that answers the first so many with an error. */
async function listening(t: TestContext, errors = 0): Promise<{ url: string; asked: Asked[] }> {
  const asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    asked.push({ url: request.url ?? '', body: Buffer.concat(chunks).toString('utf8') });
    response.statusCode = asked.length <= errors ? 500 : 200;
    response.end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/a-secret`, asked };
}

function context(notify: Partial<NotifySettings>): { context: Context; logged: LogFields[] } {
  const logged: LogFields[] = [];
  const own = contextOf(temporaryPaths(), block('photos'));
  const settings = { on: new Set(NOTIFY_EVENTS), command: null, webhook: null, staleAfterMs: 1, ...notify };
  const log = { log: (_: string, __: string, fields: LogFields = {}) => void logged.push(fields), close: async () => {} };
  return { context: { ...own, config: { ...own.config, notify: settings }, log }, logged };
}

test('a webhook gets the event, the text and the facts; the same trouble is not told again at once', async (t) => {
  const { url, asked } = await listening(t);
  const { context: it } = context({ webhook: url });
  await notifyOfEnd(it, block('photos'), FAILED, NEVER);
  await notifyOfEnd(it, block('photos'), FAILED, NEVER);
  await notifyOfEnd(it, block('photos'), DONE, NEVER);
  await notifyOfEnd(it, block('photos'), FAILED, NEVER);
  const told = asked.map(({ body }) => JSON.parse(body));
  assert.deepEqual(
    told.map(({ event }) => event),
    ['failure', 'success', 'failure'],
  );
  assert.equal(told[0].text, 'photos: failed: the disk broke\n  Mend it.');
  assert.equal(told[1].facts.BTSOOT_RESULT, 'done');
});

test('what nobody wants to hear is not told, and a success in between counts all the same', async (t) => {
  const { url, asked } = await listening(t);
  const { context: it } = context({ webhook: url, on: new Set(['failure']) });
  for (const end of [DONE, FAILED, DONE, FAILED]) await notifyOfEnd(it, block('photos'), end, NEVER);
  assert.deepEqual(
    asked.map(({ body }) => JSON.parse(body).event),
    ['failure', 'failure'],
  );
});

test('a command gets the same by its environment', async () => {
  const file = path.join(temporaryDirectory(), 'told');
  const { context: it, logged } = context({ command: `echo "$BTSOOT_EVENT $BTSOOT_BLOCK: $BTSOOT_ERROR" >> ${file}` });
  await notifyOfEnd(it, block('photos'), FAILED, NEVER);
  await notifyOfStale(it, block('photos'), 0, null, 1, NEVER);
  assert.deepEqual(readFileSync(file, 'utf8').trim().split('\n'), [
    'failure photos: the disk broke',
    'stale photos: it never was',
  ]);
  assert.deepEqual(logged, []);
});

test('a service that waits for pings hears of the begin and of either end', async (t) => {
  const { url, asked } = await listening(t);
  const photos = { ...block('photos'), ping: url };
  const { context: it } = context({});
  await notifyOfBegin(it, photos, NEVER);
  await notifyOfEnd(it, photos, DONE, NEVER);
  await notifyOfEnd(it, photos, FAILED, NEVER);
  assert.deepEqual(
    asked.map((one) => one.url),
    ['/a-secret/start', '/a-secret', '/a-secret/fail'],
  );
  assert.match(asked[2]?.body ?? '', /the disk broke/);
});

test('who does not answer at first is asked again, and who never does is logged, without the secret in the address', async (t) => {
  const late = await listening(t, limits.notifyTriesMax - 1);
  const first = context({ webhook: late.url });
  await notifyOfEnd(first.context, block('photos'), FAILED, NEVER);
  assert.deepEqual([late.asked.length, first.logged], [limits.notifyTriesMax, []]);
  const never = await listening(t, limits.notifyTriesMax);
  const second = context({ webhook: never.url });
  await notifyOfEnd(second.context, block('photos'), FAILED, NEVER);
  assert.equal(never.asked.length, limits.notifyTriesMax);
  assert.match(String(second.logged[0]?.['error']), /^127\.0\.0\.1:\d+ answers with status 500$/);
});

test('what nobody could be told is still news', async (t) => {
  const { url, asked } = await listening(t, limits.notifyTriesMax);
  const { context: it } = context({ webhook: url });
  for (let round = 0; round < 3; round++) await notifyOfEnd(it, block('photos'), FAILED, NEVER);
  assert.equal(asked.length, limits.notifyTriesMax + 1);
  // The command does not work, but the webhook does.
  const both = context({ webhook: url, command: 'exit 1' });
  for (let round = 0; round < 2; round++) await notifyOfEnd(both.context, block('photos'), FAILED, NEVER);
  assert.equal(asked.length, limits.notifyTriesMax + 2);
});

test('who does not answer is not waited for once the signal says so', async (t) => {
  const silent = createServer(() => undefined);
  silent.listen(0, '127.0.0.1');
  await once(silent, 'listening');
  t.after(() => silent.close());
  const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}/a-secret`;
  const { context: it, logged } = context({ webhook: url, command: 'sleep 60' });
  const stop = new AbortController();
  silent.once('request', () => stop.abort());
  await notifyOfEnd(it, { ...block('photos'), ping: url }, FAILED, stop.signal);
  assert.deepEqual(logged.map(({ how }) => how).toSorted(), ['command', 'ping', 'webhook']);
  for (const { error } of logged) assert.doesNotMatch(String(error), /a-secret/);
});
