import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { BtsootError } from '@btsoot/shared/model/errors.js';
import { block, contextOf, syncResult, temporaryDirectory, temporaryPaths } from './fixtures.js';
import { readLastResult } from './last-result.js';
import { takeLock } from './lock.js';
import { blockPaths } from './paths.js';
import type { SyncMessage } from './sync-message.js';
import { runSync, type SyncRun } from './sync-run.js';
import type { SyncBlock } from './sync-types.js';

const PHOTOS = block('photos');

function watched(changes: Partial<SyncRun> = {}): { run: SyncRun; messages: SyncMessage[] } {
  const messages: SyncMessage[] = [];
  const emit = (message: SyncMessage): void => void messages.push(message);
  return {
    run: {
      dryRun: false,
      acceptPlan: null,
      drift: null,
      watch: null,
      looksAt: 'everything',
      retries: 0,
      signal: new AbortController().signal,
      ending: new AbortController().signal,
      emit,
      ...changes,
    },
    messages,
  };
}

const succeed: SyncBlock = async (_context, { name }, { report }) => {
  report({ kind: 'phase', phase: 'scan' });
  return syncResult({ block: name });
};

test('progress, then the end, which last.json keeps', async () => {
  const context = contextOf(temporaryPaths(), PHOTOS);
  const { run, messages } = watched();
  const end = await runSync(context, PHOTOS, run, succeed);
  assert.deepEqual(messages, [{ block: 'photos', kind: 'phase', phase: 'scan' }, end]);
  const last = await readLastResult(context.paths, 'photos');
  assert.equal(last?.kind, 'done');
  assert.equal(last?.sentBytes, 2_100_000);
  assert.equal(last?.goodUs, last?.finishedUs);
});

test('the block is locked while it runs, and free afterwards', async () => {
  const context = contextOf(temporaryPaths(), PHOTOS);
  const { lock } = blockPaths(context.paths, 'photos');
  const end = await runSync(context, PHOTOS, watched().run, async () => {
    await assert.rejects(takeLock(lock, 'held'), { kind: 'busy' });
    return syncResult();
  });
  assert.equal(end.kind, 'result');
  (await takeLock(lock, 'held')).release();
});

test('a block that somebody else works on is busy', async () => {
  const context = contextOf(temporaryPaths(), PHOTOS);
  const held = await takeLock(blockPaths(context.paths, 'photos').lock, 'held');
  const end = await runSync(context, PHOTOS, watched().run, succeed);
  held.release();
  assert.equal(end.kind === 'error' && end.error.kind, 'busy');
});

test('a failure keeps when it was last good', async () => {
  const context = contextOf(temporaryPaths(), PHOTOS);
  await runSync(context, PHOTOS, watched().run, succeed);
  const good = await readLastResult(context.paths, 'photos');
  const end = await runSync(context, PHOTOS, watched().run, () =>
    Promise.reject(new BtsootError('no-space', 'the disk is full', { hint: 'Make room.' })),
  );
  assert.deepEqual(end.kind === 'error' && end.error, { kind: 'no-space', message: 'the disk is full', hint: 'Make room.' });
  const last = await readLastResult(context.paths, 'photos');
  assert.equal(last?.kind, 'failed');
  assert.equal(last?.goodUs, good?.finishedUs);
  assert.equal(last?.entries, 8_310);
});

test('a dry run leaves no trace in last.json', async () => {
  const context = contextOf(temporaryPaths(), PHOTOS);
  await runSync(context, PHOTOS, watched({ dryRun: true }).run, async () => syncResult({ kind: 'planned' }));
  assert.equal(existsSync(blockPaths(context.paths, 'photos').lastResult), false);
});

test('what was stopped says why, whatever broke off', async () => {
  const context = contextOf(temporaryPaths(), PHOTOS);
  const stop = new AbortController();
  const end = await runSync(context, PHOTOS, watched({ signal: stop.signal }).run, () => {
    stop.abort(new BtsootError('cancelled', 'it was asked to stop', { hint: 'What was done by then is kept.' }));
    return Promise.reject(new BtsootError('cancelled', 'cancelled'));
  });
  const error = { kind: 'cancelled', message: 'it was asked to stop', hint: 'What was done by then is kept.' };
  assert.deepEqual(end.kind === 'error' && end.error, error);
});

test('a bug is called one', async () => {
  const context = contextOf(temporaryPaths(), PHOTOS);
  const end = await runSync(context, PHOTOS, watched().run, () => Promise.reject(new TypeError('x is not a function')));
  assert.equal(end.kind === 'error' && end.error.kind, 'internal');
});

test('a damaged last.json counts as none', async () => {
  const { paths } = contextOf(temporaryPaths(), PHOTOS);
  const file = blockPaths(paths, 'photos').lastResult;
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, '{"kind":');
  assert.equal(await readLastResult(paths, 'photos'), null);
});

test('the commands around a sync are not run beside one that goes on between them', async () => {
  const said = path.join(temporaryDirectory(), 'said');
  const hooks = { before: `echo before >> ${said}`, after: `echo after >> ${said}`, limitMs: 60_000 };
  const photos = { ...PHOTOS, hooks };
  const context = contextOf(temporaryPaths(), photos);
  const second = async (): Promise<void> => {
    const end = await runSync(context, photos, watched().run, succeed);
    assert.ok(end.kind === 'error' && end.error.kind === 'busy');
    assert.equal(readFileSync(said, 'utf8'), 'before\n');
  };
  const first: SyncBlock = async (...args) => {
    await second();
    return await succeed(...args);
  };
  assert.equal((await runSync(context, photos, watched().run, first)).kind, 'result');
  assert.equal(readFileSync(said, 'utf8'), 'before\nafter\n');
  assert.equal((await runSync(context, photos, watched().run, succeed)).kind, 'result');
});
