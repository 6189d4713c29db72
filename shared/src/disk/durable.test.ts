import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
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
