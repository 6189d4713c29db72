import assert from 'node:assert/strict';
import { mkdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { temporaryDirectory } from './fixtures.js';
import { makeSocketFolder } from './socket-folder.js';

const LONG = 'x'.repeat(110);

test('the first place that exists is taken, and the folder is for its owner alone', async () => {
  const home = temporaryDirectory();
  const runtime = path.join(home, 'runtime');
  const state = path.join(home, 'state');
  const environment = { XDG_RUNTIME_DIR: runtime, TMPDIR: home };
  assert.equal(path.dirname(await makeSocketFolder(state, environment)), home);
  mkdirSync(runtime);
  const folder = await makeSocketFolder(state, environment);
  assert.equal(path.dirname(folder), runtime);
  assert.equal(statSync(folder).mode & 0o777, 0o700);
  assert.equal(path.dirname(await makeSocketFolder(state, { ...environment, XDG_RUNTIME_DIR: '' })), home);
});

test('a path that no socket can have leads to the state directory, which need not exist yet', async () => {
  const home = temporaryDirectory();
  mkdirSync(path.join(home, LONG));
  const state = path.join(home, 'state');
  const folder = await makeSocketFolder(state, { XDG_RUNTIME_DIR: '/nowhere', TMPDIR: path.join(home, LONG) });
  assert.equal(path.dirname(folder), state);
});

test('where no place will do, each is named with its reason', async () => {
  const tooLong = path.join(temporaryDirectory(), LONG);
  await assert.rejects(makeSocketFolder(tooLong, { XDG_RUNTIME_DIR: '/nowhere', TMPDIR: tooLong }), {
    kind: 'io',
    message: /\/nowhere: ENOENT; in \S+ its path has \d+ bytes, and may have 107; in /,
    hint: /^Set TMPDIR/,
  });
});
