import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TreePath } from '@btsoot/shared/model/bytes.js';
import { LiveRuns } from '../agent/live-runs.js';
import { NO_CONFIG } from '../config.js';
import { makeContext } from '../context.js';
import { block, temporaryPaths } from '../fixtures.js';
import { Restores } from './restores.js';
import { Turns } from './turns.js';

test('nothing begins any more where the dashboard closes', async () => {
  const restores = new Restores(new Turns(), new LiveRuns(), () => undefined);
  const context = makeContext(NO_CONFIG, temporaryPaths(), { log: () => undefined, close: async () => undefined });
  const wish = { session: 0, path: '' as TreePath, to: null };
  restores.plan(context, block('photos'), wish);
  const closing = restores.close();
  for (const begin of [
    () => restores.plan(context, block('music'), wish),
    () => restores.confirm(context, block('photos'), '0123456789abcdef'),
  ])
    assert.throws(begin, { kind: 'cancelled' });
  await closing;
  assert.equal(restores.view('photos')?.stage, 'failed');
  assert.equal(restores.view('music'), null);
});
