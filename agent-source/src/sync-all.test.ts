import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exitStatus } from './exit-status.js';
import { block, syncResult } from './fixtures.js';
import { syncAll } from './sync-all.js';
import type { SyncEnd } from './sync-message.js';

const BLOCKS = [block('a'), block('b'), block('c')];

const done = (name: string): SyncEnd => ({ block: name, kind: 'result', result: syncResult({ block: name }) });

test('blocks that a stop leaves out are told, and make the exit status a failure', async () => {
  const stop = new AbortController();
  const begun: string[] = [];
  const emitted: SyncEnd[] = [];
  const status = await syncAll(BLOCKS, {
    sync: async ({ name }) => {
      begun.push(name);
      stop.abort();
      return done(name);
    },
    emit: (end) => emitted.push(end),
    signal: stop.signal,
  });
  assert.equal(status, exitStatus.failed);
  assert.deepEqual(begun, ['a']);
  assert.deepEqual(
    emitted.map((end) => [end.block, end.kind === 'error' && end.error.kind]),
    [
      ['b', 'cancelled'],
      ['c', 'cancelled'],
    ],
  );
});

test('undisturbed, each block is done, and the worst end counts', async () => {
  const begun: string[] = [];
  const status = await syncAll(BLOCKS, {
    sync: async ({ name }) => {
      begun.push(name);
      const result = syncResult({ block: name, kind: name === 'b' ? 'partial' : 'done' });
      return { block: name, kind: 'result', result };
    },
    emit: () => assert.fail('each end was emitted by its sync'),
    signal: new AbortController().signal,
  });
  assert.equal(status, exitStatus.partial);
  assert.deepEqual(begun, ['a', 'b', 'c']);
});
