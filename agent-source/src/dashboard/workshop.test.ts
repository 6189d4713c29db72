import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { syncResult } from '../fixtures.js';
import { readPause } from '../pause.js';
import type { SyncBlock } from '../sync-types.js';
import { type Served, servedAgent } from './fixture.js';

/** What the overview says of the block. */
async function photos({ ask }: Served): Promise<Record<string, unknown>> {
  const { value } = await ask('GET', '/api/overview');
  return (value as { blocks: Record<string, unknown>[] }).blocks[0] ?? {};
}

/** The events of the stream, as they come. */
async function* events(t: TestContext, { port }: Served): AsyncGenerator<{ name: string; value: Record<string, unknown> }> {
  const leaving = new AbortController();
  t.after(() => leaving.abort());
  const response = await fetch(`http://127.0.0.1:${port}/api/events`, { signal: leaving.signal });
  let rest = '';
  for await (const part of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    const blocks = (rest + part).split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const [, name, data] = /^event: (.*)\ndata: (.*)$/.exec(block) ?? [];
      if (name !== undefined) yield { name, value: JSON.parse(data ?? '') };
    }
  }
}

test('a sync is begun, its progress comes as it goes, and the overview knows its end', async (t) => {
  const served = await servedAgent(t, async (_context, _block, { report }) => {
    report({ kind: 'phase', phase: 'transfer' });
    report({ kind: 'transferred', steps: 1, stepsTotal: 2, bytes: 5, bytesTotal: 10, path: 'a/b' });
    return syncResult({ session: 4 });
  });
  const seen: string[] = [];
  for await (const { name, value } of events(t, served)) {
    if (name === 'hello') await served.post('/api/blocks/photos/sync');
    seen.push(name);
    if (name === 'progress') assert.equal(value['phase'], 'transfer');
    if (name === 'changed' && seen.includes('progress')) break;
  }
  const block = await photos(served);
  assert.equal(block['health'], 'good');
  assert.equal(block['live'], null);
  const { value } = await served.ask('GET', '/api/blocks/photos/history');
  const { records, sessions, error } = value as { records: { sentBytes: number }[]; sessions: unknown; error: { kind: string } };
  assert.equal(records[0]?.sentBytes, 2_100_000);
  assert.deepEqual([sessions, error.kind], [null, 'unreachable']);
});

test('a block that is paused stops, stays so for the next agent, and goes on when it is told to', async (t) => {
  const untilStopped: SyncBlock = (_context, _block, { report, signal }) => {
    report({ kind: 'phase', phase: 'scan' });
    return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
  };
  const served = await servedAgent(t, untilStopped);
  for await (const { name } of events(t, served)) {
    if (name === 'hello') await served.post('/api/blocks/photos/sync');
    if (name === 'progress') assert.equal((await served.post('/api/blocks/photos/pause')).status, 202);
    if (name === 'changed' && (await photos(served))['health'] === 'stopped') break;
  }
  assert.notEqual(readPause(served.paths, 'photos', Date.now() * 1000), null);
  await served.stop();
  const next = await servedAgent(t, async () => syncResult(), '127.0.0.1', served.paths);
  assert.notEqual((await photos(next))['pause'], null);
  await next.post('/api/blocks/photos/resume');
  assert.equal((await photos(next))['pause'], null);
  assert.equal(readPause(served.paths, 'photos', Date.now() * 1000), null);
});

test('a restore needs a directory that is one, and a plan that was shown', async (t) => {
  const served = await servedAgent(t, async () => syncResult());
  const path = '/api/blocks/photos/restore';
  const wish = { session: 0, path: '', to: null };
  for (const bad of [{ ...wish, to: 'relative' }, { ...wish, to: '/a\0b' }, { ...wish, path: '!' }, { ...wish, session: -1 }, {}])
    assert.equal((await served.post(path, bad)).status, 400, JSON.stringify(bad));
  const escaping = Buffer.from('../x').toString('base64url');
  assert.equal((await served.post(path, { ...wish, path: escaping })).status, 400);
  assert.equal((await served.ask('GET', `/api/blocks/photos/folder?session=1&path=${escaping}`)).status, 400);
  assert.equal((await served.post(`${path}/confirm`, { plan: '0123456789abcdef' })).status, 409);
});
