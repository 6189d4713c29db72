import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

import path from 'node:path';
import { test } from 'node:test';
import { temporaryDirectory } from './fixtures.js';
import { takeLock, withLock } from './lock.js';

function freshFile(): string {
  return path.join(temporaryDirectory(), 'below', 'lock');
}

/** A process that takes the lock, says so, and holds it until it is killed. */
async function holder(file: string): Promise<ChildProcess> {
  const script = `import { takeLock } from ${JSON.stringify(new URL('./lock.js', import.meta.url).href)};
    globalThis.lock = await takeLock(${JSON.stringify(file)}, 'held');
    console.log('locked');
    setInterval(() => {}, 1e6);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout ?? child, 'data');
  return child;
}

test('another process keeps us out, and a killed one does not', async () => {
  const file = freshFile();
  const child = await holder(file);
  await assert.rejects(takeLock(file, 'somebody works on photos'), { kind: 'busy', message: 'somebody works on photos' });
  child.kill('SIGKILL');
  await once(child, 'exit');
  const lock = await takeLock(file, 'held');
  lock.release();
});

test('also within one process, until it is released', async () => {
  const file = freshFile();
  await withLock(file, 'held', async () => {
    await assert.rejects(takeLock(file, 'held'), { kind: 'busy' });
  });
  (await takeLock(file, 'held')).release();
});

test('is released when the work throws', async () => {
  const file = freshFile();
  await assert.rejects(
    withLock(file, 'held', async () => {
      throw new Error('boom');
    }),
    /boom/,
  );
  (await takeLock(file, 'held')).release();
});

test('of many that try at once, one gets it', async () => {
  const file = freshFile();
  const tries = await Promise.allSettled(Array.from({ length: 8 }, () => takeLock(file, 'held')));
  const taken = tries.filter((result) => result.status === 'fulfilled');
  assert.equal(taken.length, 1);
  for (const result of taken) result.value.release();
});
