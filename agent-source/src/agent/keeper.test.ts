import assert from 'node:assert/strict';
import { closeSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { limits } from '@btsoot/shared/model/limits.js';
import { block, syncResult, temporaryDirectory } from '../fixtures.js';
import { NO_LOG } from '../log.js';
import type { Pause } from '../pause.js';
import type { SourceWatch } from '../source-watch.js';
import type { SyncEnd } from '../sync-message.js';
import type { Block } from '../sync-types.js';
import { parseTimetable } from '../timetable.js';
import { Keeper } from './keeper.js';

const HOUR_MS = 60 * 60 * 1000;
const PAUSED: Pause = { sinceUs: 1, untilUs: null };

function hourly(t: TestContext, run: () => void, pause: Pause | null): Keeper {
  const keeper = new Keeper({
    block: { ...block('photos'), schedule: parseTimetable('0 * * * *') },
    log: NO_LOG,
    pause,
    last: { beganMs: Date.now() - 2 * HOUR_MS, failed: false },
    run: async () => run(),
    onPauseOver: () => undefined,
  });
  t.after(() => keeper.stop());
  return keeper;
}

test('a paused block has nothing due, and what it has missed is made up for when it goes on', async (t) => {
  let began: () => void = () => undefined;
  const run = new Promise<void>((resolve) => {
    began = resolve;
  });
  const keeper = hourly(t, () => began(), PAUSED);
  const why = (): string | undefined => keeper.due?.why;
  assert.equal(why(), undefined);
  keeper.pause(null);
  assert.equal(why(), 'timetable');
  await run;
  keeper.pause(PAUSED);
  assert.equal(why(), undefined);
});

test('a pause with an end is over then, and what was due meanwhile begins', async (t) => {
  let over = false;
  const why = await new Promise<string>((began) => {
    const keeper = new Keeper({
      block: { ...block('photos'), schedule: parseTimetable('0 * * * *') },
      log: NO_LOG,
      pause: { sinceUs: 1, untilUs: Date.now() * 1000 + 20_000 },
      last: { beganMs: Date.now() - 2 * HOUR_MS, failed: false },
      run: async (due) => began(due.why),
      onPauseOver: () => {
        over = true;
      },
    });
    t.after(() => keeper.stop());
    assert.deepEqual([keeper.isPaused, keeper.due], [true, null]);
  });
  assert.deepEqual([why, over], ['timetable', true]);
});

test('whoever hears that a pause is over may say so again: one run begins', async (t) => {
  let runs = 0;
  await new Promise<void>((ended) => {
    const keeper: Keeper = new Keeper({
      block: { ...block('photos'), schedule: parseTimetable('0 * * * *') },
      log: NO_LOG,
      pause: { sinceUs: 1, untilUs: Date.now() * 1000 + 5_000 },
      last: { beganMs: Date.now() - 2 * HOUR_MS, failed: false },
      run: async () => {
        runs++;
        // Longer than the timer of a second run would be.
        setTimeout(() => {
          keeper.stop();
          ended();
        }, 20);
        await new Promise(() => undefined);
      },
      onPauseOver: () => keeper.pause(null),
    });
    t.after(() => keeper.stop());
  });
  assert.equal(runs, 1);
});

test('a run that was stopped is made up for', async (t) => {
  const keeper = hourly(t, () => undefined, PAUSED);
  const error = { kind: 'cancelled', message: 'the block was paused', hint: null } as const;
  await keeper.during('everything', false, async () => ({ block: 'photos', kind: 'error', error }));
  keeper.pause(null);
  assert.ok((keeper.due?.atMs ?? Number.POSITIVE_INFINITY) <= Date.now());
  keeper.pause(PAUSED);
  await keeper.during('everything', false, async (): Promise<SyncEnd> => {
    return { block: 'photos', kind: 'result', result: syncResult() };
  });
  keeper.pause(null);
  assert.ok((keeper.due?.atMs ?? 0) > Date.now());
});

const DONE: SyncEnd = { block: 'photos', kind: 'result', result: syncResult() };
const PLANNED: SyncEnd = { block: 'photos', kind: 'result', result: { ...syncResult(), kind: 'planned' } };

/** One that is paused, so that nothing runs by itself. */
function watched(t: TestContext, changes: Partial<Block> = {}, last: { beganMs: number; failed: boolean } | null = null) {
  const photos: Block = { ...block('photos'), source: temporaryDirectory(), watch: true, ...changes };
  const keeper = new Keeper({
    block: photos,
    log: NO_LOG,
    pause: PAUSED,
    last,
    run: async () => undefined,
    onPauseOver: () => undefined,
  });
  t.after(() => keeper.stop());
  const due = () => {
    keeper.pause(null);
    const planned = keeper.due;
    keeper.pause(PAUSED);
    return planned?.atMs !== undefined && planned.atMs <= Date.now() ? planned.looksAt : null;
  };
  return { photos, keeper, due, walk: () => keeper.during('everything', false, async () => DONE) };
}

/** Until the clock says something else. */
async function aMoment(): Promise<void> {
  const beganMs = Date.now();
  while (Date.now() === beganMs) await setImmediate();
}

test('all is looked at when a watch begins, though it was looked at before', async (t) => {
  const { photos, keeper, due, walk } = watched(t, { watch: false });
  await walk();
  await aMoment();
  keeper.update({ ...photos, watch: true });
  assert.equal(due(), 'everything');
  await walk();
  assert.equal(due(), null);
});

test('all is looked at when the mirror is to be another one, and for no other settings', async (t) => {
  const { photos, keeper, due, walk } = watched(t);
  for (const changes of [{ source: temporaryDirectory() }, { ignore: ['*.tmp'] }, { sourceIdentity: 'uuid:2' }]) {
    await walk();
    assert.equal(due(), null);
    await aMoment();
    keeper.update({ ...photos, ...changes });
    assert.equal(due(), 'everything');
  }
  const settled = { ...photos, sourceIdentity: 'uuid:2', settleMs: photos.settleMs + 1 };
  keeper.update({ ...settled, settleMs: photos.settleMs });
  await walk();
  keeper.update(settled);
  assert.equal(due(), null);
});

test('what a clock that was ahead has written down is not waited for', async (t) => {
  const last = { beganMs: Date.now() + 365 * 24 * HOUR_MS, failed: false };
  assert.equal(watched(t, {}, last).due(), 'everything');
  const retry = watched(t, {}, { ...last, failed: true }).keeper;
  retry.pause(null);
  assert.ok((retry.due?.atMs ?? Number.POSITIVE_INFINITY) <= Date.now() + limits.agentRetryFirstMs);
});

test('what only a dry run has taken up is still to be sent', async (t) => {
  const { photos, keeper, due } = watched(t, { settleMs: 0 });
  const scan = (watch: SourceWatch | null) => {
    if (watch === null) return;
    const folder = openSync(photos.source, 'r');
    watch.tree.begin(null);
    watch.tree.add(1, folder);
    closeSync(folder);
    watch.tree.end('complete', 'everything');
  };
  const run = (end: SyncEnd, work: (watch: SourceWatch | null) => void) =>
    keeper.during('everything', end === PLANNED, async (watch) => {
      work(watch);
      return end;
    });
  await run(DONE, scan);
  if (keeper.watching === null) return t.skip('native/watcher.c was not compiled');
  assert.equal(due(), null);
  await run(PLANNED, (watch) => {
    writeFileSync(`${photos.source}/new`, 'new');
    scan(watch);
  });
  assert.equal(due(), 'changes');
  await run(DONE, scan);
  assert.equal(due(), null);
});

test('a source that was not there when its watch began can be watched when it is', async (t) => {
  const source = `${temporaryDirectory()}/later`;
  const { keeper, walk } = watched(t, { source });
  assert.equal(keeper.isWatched, false);
  mkdirSync(source);
  await walk();
  assert.equal(keeper.isWatched, keeper.watching !== null);
});
