import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { cpuSeconds, cpuSecondsOfChildren, diskWork, diskWorkSince, hasChildren } from './process-use.js';
import { temporaryDirectory } from './world.js';

test('what a process reads and writes is counted', (t) => {
  const path = join(temporaryDirectory(t), 'file');
  const before = diskWork(process.pid);
  writeFileSync(path, Buffer.alloc(3_000_000, 'x'));
  readFileSync(path);
  const { readBytes, writtenBytes } = diskWorkSince(before, diskWork(process.pid));
  assert.ok(readBytes >= 3_000_000 && readBytes < 4_000_000, `${readBytes}`);
  assert.ok(writtenBytes >= 3_000_000 && writtenBytes < 4_000_000, `${writtenBytes}`);
});

test('the time of a child counts for its parent once it has ended', () => {
  const [own, children] = [cpuSeconds(process.pid), cpuSecondsOfChildren()];
  execFileSync(process.execPath, ['-e', 'for (const end = process.cpuUsage().user + 2e5; process.cpuUsage().user < end; );']);
  const spent = cpuSecondsOfChildren() - children;
  assert.ok(spent >= 0.2, `${spent} s`);
  // Ticks are compared, not what division has made of them.
  const ticks = (seconds: number): number => Math.round(seconds * 100);
  assert.ok(ticks(cpuSeconds(process.pid)) - ticks(own) >= ticks(spent));
  assert.equal(hasChildren(process.pid), false);
});
