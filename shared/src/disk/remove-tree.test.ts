import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fromText, type Name, toBytes } from '../model/bytes.js';
import { removeTree } from './remove-tree.js';
import { TreeRoot } from './tree-root.js';

function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'btsoot-remove-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

test('a tree goes with protected folders and odd names, and symlinks are not followed', async (t) => {
  const folder = temporaryFolder(t);
  const slot = join(folder, '1-1');
  mkdirSync(join(slot, 'locked', 'inner'), { recursive: true });
  writeFileSync(Buffer.concat([Buffer.from(`${slot}/locked/`), toBytes('\xff\n')]), 'x');
  writeFileSync(join(folder, 'stays'), 'x');
  symlinkSync(folder, join(slot, 'out'));
  chmodSync(join(slot, 'locked'), 0o500);
  const root = TreeRoot.open(fromText(folder));
  t.after(() => root.close());
  await removeTree(root, '1-1' as Name);
  assert.deepEqual(readdirSync(folder), ['stays']);
  await removeTree(root, '1-1' as Name);
  await removeTree(root, 'stays' as Name);
  assert.deepEqual(readdirSync(folder), []);
});

test('a tree deeper than a path may be long, and than files may be open, goes too', async (t) => {
  const folder = temporaryFolder(t);
  const name = 'd'.repeat(200);
  const start = process.cwd();
  process.chdir(folder);
  for (let depth = 0; depth < 60; depth++) {
    mkdirSync(name);
    process.chdir(name);
  }
  process.chdir(start);
  const root = TreeRoot.open(fromText(folder));
  t.after(() => root.close());
  await removeTree(root, name as Name);
  assert.equal(existsSync(join(folder, name)), false);
});
