import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { cleanEnvironment, remoteProgram, sourceProgram } from './harness/programs.js';
import { temporaryDirectory } from './harness/world.js';

const skip = spawnSync('unshare', ['--mount', 'true']).status === 0 ? false : 'only root may hide /proc from a command';

test('without /proc it is said that /proc is needed, and what to do', { skip }, (t) => {
  const directory = temporaryDirectory(t);
  for (const folder of ['root', 'tree', 'disk']) mkdirSync(join(directory, folder));
  const commands = [
    [...remoteProgram, 'init', '--root', join(directory, 'root')],
    [...sourceProgram, 'add', 'photos', join(directory, 'tree'), join(directory, 'disk', 'photos')],
  ];
  for (const command of commands) {
    const hidden = 'mount -t tmpfs none /proc && exec "$@"';
    const args = ['--mount', '--propagation', 'private', 'sh', '-c', hidden, 'sh', ...command];
    const { status, stderr } = spawnSync('unshare', args, { encoding: 'utf8', env: cleanEnvironment(directory) });
    assert.equal(status, 1, stderr);
    assert.match(stderr, /BTSOOT needs \/proc\n +Mount it: mount -t proc proc \/proc/);
    assert.doesNotMatch(stderr, /bug/);
  }
});
