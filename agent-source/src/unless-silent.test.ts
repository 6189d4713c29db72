import assert from 'node:assert/strict';
import { once } from 'node:events';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { Manifest } from '@btsoot/shared/manifest/manifest.js';
import type { TreePath } from '@btsoot/shared/model/bytes.js';
import { limits } from '@btsoot/shared/model/limits.js';
import { tree } from '@btsoot/shared/model/memory-tree.js';
import { SILENT } from '@btsoot/shared/model/progress.js';
import { dir, file } from '@btsoot/shared/model/sketch.js';
import { sessionNewsToWire } from '@btsoot/shared/wire/convert.js';
import type { CallContext } from '@btsoot/shared/wire/server.js';
import { serve } from '@btsoot/shared/wire/testing/serving.js';
import { opens, sessionWith } from './fake-remote.js';
import { temporaryDirectory } from './fixtures.js';
import { openRemoteSession } from './remote-session.js';
import { refreshReplica } from './replica.js';
import { unlessSilent } from './unless-silent.js';

const photos = tree(dir('a', file('b', 'one')));
const request = { folder: 'photos' as TreePath, drift: 'quick', signal: new AbortController().signal, report: SILENT } as const;

/** A handler that takes the call and says nothing. `called` resolves when it is called, `left` when its call has ended. */
function mute() {
  let called: (signal: AbortSignal) => void = () => undefined;
  const calling = new Promise<AbortSignal>((resolve) => {
    called = resolve;
  });
  // biome-ignore lint/correctness/useYield: it never says anything
  const handler = async function* (_: unknown, { signal }: CallContext): AsyncGenerator<never> {
    called(signal);
    if (!signal.aborted) await once(signal, 'abort');
  };
  const left = async (): Promise<void> => {
    const signal = await calling;
    if (!signal.aborted) await once(signal, 'abort');
  };
  return { handler, calling, left };
}

/** Lets the time of a remote's patience pass, as its timers see it. */
async function letTimePass(t: TestContext): Promise<void> {
  t.mock.timers.tick(limits.answerSilenceMaxMs / 2);
  await setImmediate();
  t.mock.timers.tick(limits.answerSilenceMaxMs / 2);
}

test('a remote that takes the call and never opens the session is given up', { timeout: 60_000 }, async (t) => {
  const { handler, calling, left } = mute();
  const { connect } = await serve(t, { openSession: handler });
  t.mock.timers.enable({ apis: ['setInterval'] });
  const opening = openRemoteSession(connect(), request);
  const refused = assert.rejects(opening, { kind: 'unreachable', message: /said nothing for 180 s while it opens the session/ });
  await calling;
  await letTimePass(t);
  await refused;
  await left();
});

test('a remote that opens the session and never lists a folder is given up', { timeout: 60_000 }, async (t) => {
  const { handler, calling, left } = mute();
  const session = await sessionWith(t, { openSession: opens(photos), listChildren: handler });
  const replica = Manifest.open(path.join(temporaryDirectory(), 'replica.db'));
  t.after(() => replica.close());
  t.mock.timers.enable({ apis: ['setInterval'] });
  const refused = assert.rejects(refreshReplica(replica, session), {
    kind: 'unreachable',
    message: /while it lists its folders/,
  });
  await calling;
  await letTimePass(t);
  await refused;
  await left();
});

test('a remote that takes steps or is to read, and never answers, is given up', { timeout: 60_000 }, async (t) => {
  for (const call of ['apply', 'readContents'] as const) {
    const { handler, calling, left } = mute();
    const { connect } = await serve(t, { [call]: handler });
    const client = connect();
    t.mock.timers.enable({ apis: ['setInterval'] });
    const answers = unlessSilent((signal) => client[call]([], signal) as AsyncGenerator<unknown>, {
      signal: request.signal,
      doing: 'works',
    });
    const refused = assert.rejects(answers.next(), { kind: 'unreachable', message: /while it works/ });
    await calling;
    await letTimePass(t);
    await refused;
    await left();
    t.mock.timers.reset();
  }
});

test('the time that the caller takes is no silence, and every answer begins a new time', async (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  async function* answers() {
    for (let answer = 1; answer <= 3; answer++) {
      t.mock.timers.tick(limits.answerSilenceMaxMs * 0.8);
      yield answer;
    }
  }
  const heard: number[] = [];
  for await (const answer of unlessSilent(answers, { signal: request.signal, doing: 'works' })) {
    heard.push(answer);
    t.mock.timers.tick(10 * limits.answerSilenceMaxMs);
  }
  assert.deepEqual(heard, [1, 2, 3]);
});

test('a check that stands still, or counts without an end, is given up', { timeout: 60_000 }, async (t) => {
  const counting = (entries: () => number) =>
    async function* (_: unknown, { signal }: CallContext) {
      while (!signal.aborted) {
        yield sessionNewsToWire({ kind: 'checking', readBytes: 0, entries: entries() });
        await setImmediate();
      }
    };
  const still = (await serve(t, { openSession: counting(() => 5) })).connect();
  const standing = openRemoteSession(still, { ...request, standstillMaxMs: 50 });
  await assert.rejects(standing, { kind: 'unreachable', message: /stood still at 5 entries/ });

  let count = limits.listedEntriesMax - 10;
  const endless = (await serve(t, { openSession: counting(() => count++) })).connect();
  await assert.rejects(openRemoteSession(endless, request), { kind: 'invalid', message: /counts 50000001 entries/ });
});
