import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { block, contextOf, temporaryPaths } from '../fixtures.js';
import { NO_LOG } from '../log.js';
import { writePause } from '../pause.js';
import { StaleWatch } from './stale.js';

test('a paused block still goes stale, and whoever is told hears that it is paused', async (t) => {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const paths = temporaryPaths();
  const photos = block('photos');
  writePause(paths, 'photos', { sinceUs: 1_700_000_000_000_000, untilUs: null });
  const webhook = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const notify = { on: new Set(['stale'] as const), command: null, webhook, staleAfterMs: 0 };
  const stale = new StaleWatch(paths, NO_LOG);
  t.after(() => stale.stop());
  const asked = once(server, 'request') as Promise<[IncomingMessage, ServerResponse]>;
  stale.update({ ...contextOf(paths, photos).config, notify });
  const [request, response] = await asked;
  let body = '';
  for await (const part of request) body += part;
  response.end();
  const { event, text } = JSON.parse(body) as { event: string; text: string };
  assert.equal(event, 'stale');
  assert.match(
    text,
    /^photos: not synced well for too long: it never was; it is paused since 2023-11-1\d.*, and goes on with `btsoot resume photos`$/,
  );
});
