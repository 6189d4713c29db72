import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, existsSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { limits } from '@btsoot/shared/model/limits.js';
import { ControlClient } from '@btsoot/shared/wire/client.js';
import { saveBlock } from '../config-edit.js';
import { block, contextOf, SUMMARY, syncResult, temporaryPaths } from '../fixtures.js';
import { readLastResult } from '../last-result.js';
import { NO_LOG } from '../log.js';
import type { Paths } from '../paths.js';
import type { SyncMessage } from '../sync-message.js';
import type { StepView, SyncBlock } from '../sync-types.js';
import { findAgent, triggerSync } from '../trigger.js';
import { runAgent } from './agent.js';

const PHOTOS = block('photos');

interface RunningAgent {
  /** Asks it to stop, and waits until it has. */
  stop(): Promise<void>;
}

async function startAgent(t: TestContext, paths: Paths, syncBlock: SyncBlock): Promise<RunningAgent> {
  const controller = new AbortController();
  let ended: Promise<void> = Promise.resolve();
  await new Promise<void>((onReady, reject) => {
    ended = runAgent({ paths, log: NO_LOG, syncBlock, signal: controller.signal, onReady });
    ended.catch(reject);
  });
  const stop = async (): Promise<void> => {
    controller.abort();
    await ended;
  };
  t.after(stop);
  return { stop };
}

function trigger(paths: Paths, onMessage: (message: SyncMessage) => void = () => {}, signal = new AbortController().signal) {
  const messages: SyncMessage[] = [];
  const emit = (message: SyncMessage): void => {
    messages.push(message);
    onMessage(message);
  };
  const end = triggerSync(contextOf(paths, PHOTOS), PHOTOS, {
    dryRun: false,
    acceptPlan: null,
    drift: null,
    watch: null,
    looksAt: 'everything',
    retries: 0,
    signal,
    ending: signal,
    emit,
  });
  return { messages, end };
}

test('a triggered sync runs in the agent, and its events reach the trigger', async (t) => {
  const paths = temporaryPaths();
  await saveBlock(paths, PHOTOS);
  await startAgent(t, paths, async (_context, { name, source }, { report }) => {
    report({ kind: 'phase', phase: 'scan' });
    return syncResult({ block: name, reasons: [source] });
  });
  const { messages, end } = trigger(paths);
  const expected = { block: 'photos', kind: 'result', result: syncResult({ reasons: [PHOTOS.source] }) };
  assert.deepEqual(await end, expected);
  assert.deepEqual(messages, [{ block: 'photos', kind: 'phase', phase: 'scan' }, expected]);
  assert.equal((await readLastResult(paths, 'photos'))?.kind, 'done');
});

test('two triggers at once are one sync', async (t) => {
  const paths = temporaryPaths();
  await saveBlock(paths, PHOTOS);
  let runs = 0;
  let go: () => void = () => {};
  const both = new Promise<void>((resolve) => {
    go = resolve;
  });
  await startAgent(t, paths, async (_context, _block, { report }) => {
    runs++;
    report({ kind: 'phase', phase: 'scan' });
    await both;
    return syncResult();
  });
  let watching = 0;
  const onMessage = (message: SyncMessage): void => {
    if (message.kind === 'phase' && ++watching === 2) go();
  };
  const ends = await Promise.all([trigger(paths, onMessage).end, trigger(paths, onMessage).end]);
  assert.deepEqual(
    ends.map(({ kind }) => kind),
    ['result', 'result'],
  );
  assert.equal(runs, 1);
});

test('a block that the agent does not know is an error that lists the known ones', async (t) => {
  const paths = temporaryPaths();
  await startAgent(t, paths, async () => syncResult());
  const end = await trigger(paths).end;
  assert.equal(end.kind === 'error' && end.error.kind, 'not-found');
});

test('a result that lists more than a message can hold arrives, shorter, with the right counts', async (t) => {
  const paths = temporaryPaths();
  await saveBlock(paths, PHOTOS);
  const path = `${'\\xff'.repeat(4_000)}`;
  const problems = Array.from({ length: 1_000 }, () => ({ path, kind: 'unknown', message: 'cannot be read' }) as const);
  const step: StepView = { kind: 'put', path, from: null, sizeBytes: 1, wireBytes: 1, lostEntries: 0 };
  const steps = Array.from({ length: 1_000 }, () => step);
  const plan = { summary: { ...SUMMARY, put: steps.length }, digest: '00ff', steps };
  await startAgent(t, paths, async () => syncResult({ kind: 'partial', problems, problemCount: 2_000, plan }));
  const end = await trigger(paths).end;
  assert.ok(end.kind === 'result', JSON.stringify(end));
  const { result } = end;
  assert.equal(result.problemCount, 2_000);
  assert.equal(result.plan?.summary.put, 1_000);
  assert.deepEqual(result.problems, problems.slice(0, result.problems.length));
  assert.deepEqual(result.plan?.steps, steps.slice(0, result.plan?.steps?.length));
  assert.ok(result.problems.length > 10 && (result.plan?.steps?.length ?? 0) > 10);
});

test('the agent says what runs, and a trigger that leaves does not stop it', async (t) => {
  const paths = temporaryPaths();
  await saveBlock(paths, PHOTOS);
  const agent = await startAgent(t, paths, async (_context, _block, { report, signal }) => {
    report({ kind: 'phase', phase: 'transfer' });
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    return syncResult({ kind: 'partial' });
  });
  const leaving = new AbortController();
  const { end } = trigger(paths, () => leaving.abort(), leaving.signal);
  const left = await end;
  assert.match(left.kind === 'error' ? left.error.message : '', /the running agent goes on/);
  const client = await findAgent(paths);
  assert.ok(client !== null);
  const { pid, running } = await client.agentStatus();
  client.close();
  assert.equal(pid, process.pid);
  assert.deepEqual(
    running.map(({ block, phase }) => `${block} ${phase}`),
    ['photos transfer'],
  );
  await agent.stop();
  assert.equal((await readLastResult(paths, 'photos'))?.kind, 'partial');
});

test('stopping breaks off what runs, and its trigger hears how it ended', async (t) => {
  const paths = temporaryPaths();
  await saveBlock(paths, PHOTOS);
  const agent = await startAgent(t, paths, async (_context, _block, { report, signal }) => {
    report({ kind: 'phase', phase: 'transfer' });
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    return syncResult({ kind: 'partial' });
  });
  let stopped: Promise<void> = Promise.resolve();
  const { end } = trigger(paths, () => {
    stopped = agent.stop();
  });
  const message = await end;
  assert.equal(message.kind === 'result' && message.result.kind, 'partial');
  await stopped;
  assert.equal(await findAgent(paths), null);
});

test('a second agent on the same state directory is refused; the first goes on', async (t) => {
  const paths = temporaryPaths();
  await startAgent(t, paths, async () => syncResult());
  const second = runAgent({
    paths,
    log: NO_LOG,
    syncBlock: async () => syncResult(),
    signal: AbortSignal.abort(),
    onReady: () => assert.fail('it must not start'),
  });
  await assert.rejects(second, { kind: 'exists' });
  const client = ControlClient.connect(paths.agentSocket);
  assert.equal((await client.ping()).pid, process.pid);
  client.close();
  assert.equal(statSync(paths.agentSocket).mode & 0o777, 0o600);
});

test('as a process: a killed one is in nobody’s way, SIGTERM ends one in order', async () => {
  const paths = temporaryPaths();
  const killed = await agentProcess(paths);
  killed.kill('SIGKILL');
  await once(killed, 'exit');
  assert.ok(existsSync(paths.agentSocket));
  assert.equal(await findAgent(paths), null);

  const next = await agentProcess(paths);
  const client = await findAgent(paths);
  assert.equal((await client?.ping())?.pid, next.pid);
  client?.close();
  next.kill('SIGTERM');
  assert.deepEqual(await once(next, 'exit'), [0, null]);
  assert.ok(!existsSync(paths.agentSocket));
});

/** `btsoot agent`, once it says that it is ready. */
async function agentProcess(paths: Paths): Promise<ChildProcess> {
  const main = fileURLToPath(new URL('../main.js', import.meta.url));
  const env = { ...process.env, BTSOOT_CONFIG: paths.configDirectory, BTSOOT_STATE: paths.stateDirectory };
  const child = spawn(process.execPath, [main, 'agent'], { env, stdio: ['ignore', 'pipe', 'ignore'] });
  const [line] = await once(child.stdout, 'data');
  assert.equal(String(line), `ready ${paths.agentSocket}\n`);
  return child;
}

test('a socket path that is too long is said so', async () => {
  const paths = { ...temporaryPaths(), agentSocket: `/${'x'.repeat(120)}` };
  const agent = runAgent({
    paths,
    log: NO_LOG,
    syncBlock: async () => syncResult(),
    signal: AbortSignal.abort(),
    onReady: () => {},
  });
  await assert.rejects(agent, /over the limit of 107/);
});

test('an agent that is to stop has the second command run, and waits for nobody who does not answer', async (t) => {
  const before = { ...limits };
  t.after(() => void Object.assign(limits, before));
  Object.assign(limits, { notifyMaxMs: 60 * 60 * 1000, notifyStopMaxMs: 50 });
  const silent = createServer(() => undefined);
  silent.listen(0, '127.0.0.1');
  await once(silent, 'listening');
  t.after(() => silent.close());
  const paths = temporaryPaths();
  await saveBlock(paths, PHOTOS);
  const marker = path.join(paths.stateDirectory, 'started-again');
  const ping = `http://127.0.0.1:${(silent.address() as AddressInfo).port}/`;
  appendFileSync(paths.configFile, `run_after = "touch ${marker}"\nping = "${ping}"\n`);
  const agent = await startAgent(t, paths, (_context, _block, { report, signal }) => {
    report({ kind: 'phase', phase: 'scan' });
    return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
  });
  const asked = once(silent, 'request');
  await new Promise<void>((began) => void trigger(paths, () => began()));
  await asked;
  await agent.stop();
  assert.ok(existsSync(marker));
});
