import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { block, syncResult } from '../fixtures.js';
import { NO_LOG } from '../log.js';
import type { SyncEnd } from '../sync-message.js';
import { parseTimetable } from '../timetable.js';
import { Keeper } from './keeper.js';

const HOUR_MS = 60 * 60 * 1000;

function hourly(t: TestContext, run: () => void, isPaused: boolean): Keeper {
  const keeper = new Keeper({
    block: { ...block('photos'), schedule: parseTimetable('0 * * * *') },
    log: NO_LOG,
    isPaused,
    last: { beganMs: Date.now() - 2 * HOUR_MS, failed: false },
    run: async () => run(),
  });
  t.after(() => keeper.stop());
  return keeper;
}

test('a paused block has nothing due, and what it has missed is made up for when it goes on', async (t) => {
  let began: () => void = () => undefined;
  const run = new Promise<void>((resolve) => {
    began = resolve;
  });
  const keeper = hourly(t, () => began(), true);
  const why = (): string | undefined => keeper.due?.why;
  assert.equal(why(), undefined);
  keeper.pause(false);
  assert.equal(why(), 'timetable');
  await run;
  keeper.pause(true);
  assert.equal(why(), undefined);
});

test('a run that was stopped is made up for', async (t) => {
  const keeper = hourly(t, () => undefined, true);
  const error = { kind: 'cancelled', message: 'the block was paused', hint: null } as const;
  await keeper.during('everything', false, async () => ({ block: 'photos', kind: 'error', error }));
  keeper.pause(false);
  assert.ok((keeper.due?.atMs ?? Number.POSITIVE_INFINITY) <= Date.now());
  keeper.pause(true);
  await keeper.during('everything', false, async (): Promise<SyncEnd> => {
    return { block: 'photos', kind: 'result', result: syncResult() };
  });
  keeper.pause(false);
  assert.ok((keeper.due?.atMs ?? 0) > Date.now());
});
