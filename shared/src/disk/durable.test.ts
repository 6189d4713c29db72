import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  chownSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fsyncDirectory, syncFileSystem, writeFileAtomic } from './durable.js';

function makeDirectory(t: TestContext): string {
  const dir = mkdtempSync(join(tmpdir(), 'btsoot-durable-'));
  t.after(() => rmSync(dir, { recursive: true }));
  return dir;
}

test('a file is replaced whole, with its mode, and nothing is left beside it', (t) => {
  const dir = makeDirectory(t);
  const path = join(dir, 'config');
  writeFileAtomic(path, 'one', 0o600);
  writeFileAtomic(Buffer.from(path), 'two', 0o640);
  assert.equal(readFileSync(path, 'utf8'), 'two');
  assert.equal(statSync(path).mode & 0o7777, 0o640);
  assert.deepEqual(readdirSync(dir), ['config']);
});

test('what a crash has left of an earlier write is gone after a later one, and nothing else', (t) => {
  const dir = makeDirectory(t);
  const path = join(dir, 'config');
  const leftover = 'config.0123456789ab.tmp';
  for (const name of [leftover, 'config.ba9876543210.tmp', 'config.tmp', 'other.0123456789ab.tmp'])
    writeFileSync(join(dir, name), '');
  for (const name of [leftover, 'config.tmp', 'other.0123456789ab.tmp']) utimesSync(join(dir, name), 1e9, 1e9);
  writeFileAtomic(path, 'one', 0o600);
  assert.deepEqual(readdirSync(dir).sort(), ['config', 'config.ba9876543210.tmp', 'config.tmp', 'other.0123456789ab.tmp']);
});

test('a write that fails leaves the old file and says where', (t) => {
  const dir = makeDirectory(t);
  assert.throws(() => writeFileAtomic(join(dir, 'missing/config'), 'x', 0o600), /missing\/config/);
  assert.deepEqual(readdirSync(dir), []);
});

test('the file system is synced by the command, and file by file without it', async (t) => {
  const dir = makeDirectory(t);
  const file = join(dir, 'file');
  writeFileSync(file, 'x');
  await syncFileSystem(dir, []);
  const { PATH } = process.env;
  Object.assign(process.env, { PATH: dir });
  t.after(() => Object.assign(process.env, { PATH }));
  symlinkSync('file', join(dir, 'link'));
  await syncFileSystem(dir, [Buffer.from(file), Buffer.from(join(dir, 'link'))]);
  await assert.rejects(syncFileSystem(dir, [Buffer.from(join(dir, 'missing'))]), /missing/);
  fsyncDirectory(dir);
});

const NOBODY = 65_534;
const noPlainUser = process.geteuid?.() === 0 ? false : 'only root can become somebody else';

test('files that their owner may not read are made durable one by one, and keep their modes', { skip: noPlainUser }, (t) => {
  const dir = makeDirectory(t);
  for (const [name, mode] of [
    ['none', 0o000],
    ['write', 0o200],
  ] as const) {
    writeFileSync(join(dir, name), name, { mode });
    chownSync(join(dir, name), NOBODY, NOBODY);
  }
  chownSync(dir, NOBODY, NOBODY);
  const program = `
    import { syncFileSystem } from ${JSON.stringify(new URL('./durable.js', import.meta.url).href)};
    const files = ['none', 'write'].map((name) => Buffer.from(${JSON.stringify(dir)} + '/' + name));
    await syncFileSystem(${JSON.stringify(dir)}, files);`;
  // A PATH without the command `sync`.
  const run = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
    env: { PATH: dir },
    uid: NOBODY,
    gid: NOBODY,
    encoding: 'utf8',
  });
  assert.equal(run.status, 0, run.stderr);
  assert.deepEqual(
    ['none', 'write'].map((name) => statSync(join(dir, name)).mode & 0o7777),
    [0o000, 0o200],
  );
});
