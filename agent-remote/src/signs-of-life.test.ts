import assert from 'node:assert/strict';
import { test } from 'node:test';
import { limits } from '@btsoot/shared/model/limits.js';
import type { ApplyNews } from '@btsoot/shared/wire/convert.js';
import { ReplyQueue } from './reply-queue.js';
import { SignsOfLife } from './signs-of-life.js';

const again = (steps: number): ApplyNews => ({ kind: 'committed', steps, failures: [] });

test('while nothing new is acknowledged, the last acknowledgement is said again, once for each reader who waits', async (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  const replies = new ReplyQueue<ApplyNews>(4);
  const signs = new SignsOfLife(replies);
  const read = replies[Symbol.asyncIterator]();
  t.mock.timers.tick(limits.answerIntervalMs);
  assert.deepEqual((await read.next()).value, again(0));
  signs.committed({ steps: 7, failures: [] });
  // Nobody reads: nothing gathers.
  t.mock.timers.tick(5 * limits.answerIntervalMs);
  assert.deepEqual((await read.next()).value, again(7));
  assert.equal(replies.isEmpty, true);
  t.mock.timers.tick(limits.answerIntervalMs);
  assert.deepEqual((await read.next()).value, again(7));
  signs.end();
  t.mock.timers.tick(5 * limits.answerIntervalMs);
  assert.equal(replies.isEmpty, true);
});
