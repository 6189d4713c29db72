import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { limits } from '@btsoot/shared/model/limits.js';
import { temporaryDirectory } from '../fixtures.js';
import { runCommand } from './run-command.js';

const NEVER = new AbortController().signal;
const run = (command: string, changes: Partial<Parameters<typeof runCommand>[0]> = {}) =>
  runCommand({ command, environment: {}, limitMs: 60_000, signal: NEVER, ...changes });

test('it has the facts in its environment, beside what was there', async () => {
  const file = path.join(temporaryDirectory(), 'out');
  await run(`printf '%s %s' "$BTSOOT_BLOCK" "$PATH" > ${file}`, { environment: { BTSOOT_BLOCK: "it's, photos" } });
  assert.equal(readFileSync(file, 'utf8'), `it's, photos ${process.env['PATH']}`);
});

test('what fails is said with its status and the end of what it printed', async () => {
  await assert.rejects(run('echo no room >&2; exit 3'), { kind: 'io', message: /failed with status 3: no room$/ });
  await assert.rejects(run('kill -9 $$'), { kind: 'io', message: /was ended by SIGKILL$/ });
  await assert.rejects(run('/no/such/program'), { kind: 'io', message: /failed with status 127/ });
});

test('of much that it printed, the end is kept', async () => {
  await assert.rejects(run('seq 100000; exit 1'), ({ message }: Error) => {
    assert.ok(message.endsWith('100000'));
    return Buffer.byteLength(message) < limits.hookOutputTailMaxBytes + 100;
  });
});

test('what takes too long is ended, with all that it started', async () => {
  const file = path.join(temporaryDirectory(), 'late');
  // The second one ignores what asks it to end, as does what it has started.
  for (const trap of ['', "trap '' TERM; "]) {
    const command = `${trap}(sleep 60; touch ${file}) & wait; wait`;
    await assert.rejects(run(command, { limitMs: 50 }), { kind: 'io', message: /took longer than 0.05 s/ });
  }
  assert.equal(existsSync(file), false);
});

test('what it leaves behind is left alone, though it holds the output', async (t) => {
  const { hookEndMaxMs } = limits;
  Object.assign(limits, { hookEndMaxMs: 50 });
  t.after(() => Object.assign(limits, { hookEndMaxMs }));
  const directory = temporaryDirectory();
  const pids = ['1', '2', '3'].map((name) => path.join(directory, name));
  t.after(() => {
    for (const file of pids) process.kill(Number(readFileSync(file, 'utf8')), 'SIGKILL');
  });
  // It is in no group that could be killed.
  const [well, badly, late] = pids.map(
    (file) => `(setsid sh -c 'echo $$ > ${file}; exec sleep 60' &); until [ -s ${file} ]; do :; done`,
  );
  await run(`${well}`);
  await assert.rejects(run(`${badly}; echo mounted; exit 3`), { message: /failed with status 3: mounted$/ });
  await assert.rejects(run(`${late}; sleep 60`, { limitMs: 1_000 }), { message: /took longer than 1 s$/ });
});

test('where there are no descriptors left for it, that is said', () => {
  const script = `
    import { openSync } from 'node:fs';
    const { runCommand } = await import(process.argv[1]);
    try { for (;;) openSync('/dev/null'); } catch {}
    const signal = new AbortController().signal;
    await runCommand({ command: 'true', environment: {}, limitMs: 1000, signal }).catch(({ message }) => console.log(message));`;
  const command = 'ulimit -n 1000 && exec "$@"';
  const module = new URL('./run-command.js', import.meta.url).href;
  const arguments_ = ['-c', command, 'sh', process.execPath, '--input-type=module', '-e', script, module];
  const { stdout } = spawnSync('/bin/sh', arguments_, { encoding: 'utf8' });
  assert.match(stdout, /^`true` cannot be started \(spawn \/bin\/sh EMFILE\)/);
});

test('what was asked to stop is stopped', async () => {
  const stop = new AbortController();
  const running = run('sleep 60', { signal: stop.signal });
  stop.abort();
  await assert.rejects(running, { kind: 'cancelled' });
  await assert.rejects(run('sleep 60', { signal: stop.signal }), { kind: 'cancelled' });
});
