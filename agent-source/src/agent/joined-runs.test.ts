import assert from 'node:assert/strict';
import { test } from 'node:test';
import { syncResult } from '../fixtures.js';
import type { SyncMessage } from '../sync-message.js';
import { JoinedRuns, type StartRun, type SyncRequestView } from './joined-runs.js';
import { MessageQueue } from './message-queue.js';

const NEVER = new AbortController().signal;
const PHOTOS: SyncRequestView = { block: 'photos', dryRun: false, acceptPlan: null, drift: null, looksAt: 'everything' };
const PHASE: SyncMessage = { block: 'photos', kind: 'phase', phase: 'connect' };
const SCAN: SyncMessage = { block: 'photos', kind: 'phase', phase: 'scan' };
const END: SyncMessage = { block: 'photos', kind: 'result', result: syncResult() };

/** Runs that go on when the test says so. */
function stagedRuns(): { runs: JoinedRuns; started: SyncRequestView[]; step: (() => void)[] } {
  const started: SyncRequestView[] = [];
  const step: (() => void)[] = [];
  const start: StartRun = async (request, emit, signal) => {
    started.push(request);
    emit(PHASE);
    await new Promise<void>((resolve) => {
      step.push(resolve);
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
    emit(END);
  };
  return { runs: new JoinedRuns(start), started, step };
}

async function collect(messages: AsyncIterable<SyncMessage>, onFirst: () => void = () => {}): Promise<SyncMessage[]> {
  const all: SyncMessage[] = [];
  for await (const message of messages) if (all.push(message) === 1) onFirst();
  return all;
}

test('triggers that ask for the same join one run, and all get its events, the late one too', async () => {
  const { runs, started, step } = stagedRuns();
  let late: Promise<SyncMessage[]> = Promise.resolve([]);
  const first = collect(runs.join(PHOTOS, NEVER));
  const second = collect(runs.join(PHOTOS, NEVER), () => {
    late = collect(runs.join(PHOTOS, NEVER), () => step[0]?.());
  });
  assert.deepEqual(await first, [PHASE, END]);
  assert.deepEqual(await second, [PHASE, END]);
  assert.deepEqual(await late, [PHASE, END]);
  assert.equal(started.length, 1);
  assert.deepEqual(runs.running(), []);
});

/** Who joins while the source is looked at, and what the run then comes to. */
async function joinedLate(...then: readonly SyncMessage[]): Promise<{ first: SyncMessage[]; late: SyncMessage[]; runs: number }> {
  let count = 0;
  let goOn = (): void => {};
  const runs = new JoinedRuns(async (_request, emit) => {
    emit(SCAN);
    if (++count === 1) await new Promise<void>((resolve) => (goOn = resolve));
    for (const message of count === 1 ? then : [END]) emit(message);
  });
  let late: Promise<SyncMessage[]> = Promise.resolve([]);
  const first = await collect(runs.join(PHOTOS, NEVER), () => {
    late = collect(runs.join(PHOTOS, NEVER), () => goOn());
  });
  return { first, late: await late, runs: count };
}

test('who joins when the source is looked at already is served by the next run, which sees what he has changed', async () => {
  assert.deepEqual(await joinedLate(END), { first: [SCAN, END], late: [SCAN, SCAN, END], runs: 2 });
});

test('who joins late hears of a failure or a refusal, and no further run begins for him', async () => {
  const error = { kind: 'unreachable', message: 'no route', hint: null } as const;
  const failed: SyncMessage = { block: 'photos', kind: 'error', error };
  const refused: SyncMessage = { block: 'photos', kind: 'result', result: syncResult({ kind: 'refused' }) };
  for (const end of [failed, refused])
    assert.deepEqual(await joinedLate(end), { first: [SCAN, end], late: [SCAN, end], runs: 1 });
});

test('a run that tries again looks at the source again: who joins before that is served by it', async () => {
  const retry: SyncMessage = { block: 'photos', kind: 'retry', attempt: 1, delayMs: 0, message: 'cut off' };
  let runsBegun = 0;
  let goOn = (): void => {};
  const runs = new JoinedRuns(async (_request, emit) => {
    runsBegun++;
    emit(SCAN);
    emit(retry);
    await new Promise<void>((resolve) => (goOn = resolve));
    emit(SCAN);
    emit(END);
  });
  let late: Promise<SyncMessage[]> = Promise.resolve([]);
  await collect(runs.join(PHOTOS, NEVER), () => {
    late = collect(runs.join(PHOTOS, NEVER), () => goOn());
  });
  assert.deepEqual((await late).at(-1), END);
  assert.equal(runsBegun, 1);
});

test('blocks run beside each other; other options on the same block wait', async () => {
  const { runs, started, step } = stagedRuns();
  const first = collect(runs.join(PHOTOS, NEVER));
  const dry = collect(runs.join({ ...PHOTOS, dryRun: true }, NEVER), () => step[2]?.());
  await collect(runs.join({ ...PHOTOS, block: 'music' }, NEVER), () => {
    assert.deepEqual(
      runs.running().map(({ block, phase }) => `${block} ${phase}`),
      ['photos connect', 'music connect'],
    );
    step[1]?.();
  });
  assert.equal(started.length, 2);
  step[0]?.();
  await Promise.all([first, dry]);
  assert.deepEqual(
    started.map(({ block, dryRun }) => `${block} ${dryRun}`),
    ['photos false', 'music false', 'photos true'],
  );
});

test('a run goes on when its watcher leaves', async () => {
  const { runs, started, step } = stagedRuns();
  const leaving = new AbortController();
  assert.deepEqual(await collect(runs.join(PHOTOS, leaving.signal), () => leaving.abort()), [PHASE]);
  assert.equal(runs.running().length, 1);
  assert.deepEqual(await collect(runs.join(PHOTOS, NEVER), () => step[0]?.()), [PHASE, END]);
  assert.equal(started.length, 1);
});

test('stopping ends the runs, and their watchers still hear the end', async () => {
  const { runs } = stagedRuns();
  let stopped: Promise<void> = Promise.resolve();
  const messages = await collect(runs.join(PHOTOS, NEVER), () => {
    stopped = runs.stop();
  });
  assert.deepEqual(messages, [PHASE, END]);
  await stopped;
  await assert.rejects(collect(runs.join(PHOTOS, NEVER)), { kind: 'unreachable' });
});

test('a run that ends at once is heard', async () => {
  const runs = new JoinedRuns(async (_request, emit) => emit(END));
  assert.deepEqual(await collect(runs.join(PHOTOS, NEVER)), [END]);
});

test('a slow watcher gets the newest progress, and the end whatever waits', async () => {
  const queue = new MessageQueue();
  const scanned = (entries: number): SyncMessage => ({
    block: 'photos',
    kind: 'scanned',
    entries,
    hashedFiles: 0,
    hashedBytes: 0,
    path: '',
  });
  for (let entries = 0; entries < 5_000; entries++) queue.push(scanned(entries));
  const problem = { path: 'x', kind: 'failed', message: 'no' } as const;
  for (let count = 0; count < 5_000; count++) queue.push({ block: 'photos', kind: 'problem', problem });
  queue.push(END);
  queue.close();
  const got = await collect(queue);
  assert.deepEqual(got[0], scanned(4_999));
  assert.ok(got.length <= 1_001);
  assert.deepEqual(got.at(-1), END);
});
