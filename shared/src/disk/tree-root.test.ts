import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Name, TreePath } from '../model/bytes.js';
import { toBytes } from '../model/bytes.js';
import { TreeRoot } from './tree-root.js';

const path = (text: string): TreePath => text as TreePath;
const openFiles = (): number => readdirSync('/proc/self/fd').length;

function makeTree(t: TestContext): { dir: string; root: TreeRoot } {
  const dir = mkdtempSync(join(tmpdir(), 'btsoot-root-'));
  mkdirSync(join(dir, 'tree/a/b'), { recursive: true });
  writeFileSync(join(dir, 'tree/a/b/file'), 'inside');
  writeFileSync(join(dir, 'outside'), 'outside');
  const root = TreeRoot.open(join(dir, 'tree'));
  t.after(() => {
    root.close();
    rmSync(dir, { recursive: true });
  });
  return { dir, root };
}

test('places reach what is in the tree, the root itself included', (t) => {
  const { root } = makeTree(t);
  const before = openFiles();
  assert.equal(
    root.at(path('a/b/file'), (place) => readFileSync(place, 'utf8')),
    'inside',
  );
  assert.deepEqual(
    root.at(path(''), (place) => readdirSync(place)),
    ['a'],
  );
  assert.equal(root.lstat(path('a/b/file'))?.sizeBytes, 6n);
  assert.equal(root.lstat(path(''))?.dev, 0n);
  assert.equal(openFiles(), before, 'every descriptor is given back');
});

test('a planted symlink in the middle of a path is drift, and is not followed', (t) => {
  const { dir, root } = makeTree(t);
  symlinkSync(dir, join(dir, 'tree/a/way-out'));
  const before = openFiles();
  const work = (place: Buffer): string => readFileSync(place, 'utf8');
  assert.throws(() => root.at(path('a/way-out/outside'), work), { kind: 'drift' });
  assert.throws(() => root.directory(path('a/way-out')), { kind: 'drift' });
  assert.throws(() => root.directory(path('a/b/file')), { kind: 'drift' });
  assert.throws(() => root.directory(path('a/missing/b')), { kind: 'drift' });
  assert.equal(root.lstat(path('a/way-out/outside')), null);
  assert.equal(root.lstat(path('a/missing')), null);
  assert.equal(root.lstat(path('missing/too')), null);
  assert.equal(openFiles(), before, 'failures give their descriptors back as well');
});

test('a handle stays in its directory when the path that led there is renamed and replaced by a link', (t) => {
  const { dir, root } = makeTree(t);
  const handle = root.directory(path('a/b'));
  renameSync(join(dir, 'tree/a'), join(dir, 'tree/moved'));
  symlinkSync(dir, join(dir, 'tree/a'));
  assert.equal(readFileSync(handle.place('file' as Name), 'utf8'), 'inside');
  handle.close();
});

test('a subtree is reached through no symlink, and stays where it is when its path leads elsewhere', (t) => {
  const { dir, root } = makeTree(t);
  symlinkSync('a', join(dir, 'tree/link'));
  assert.throws(() => root.subtree(path('link/b')), { kind: 'drift' });
  const subtree = root.subtree(path('a/b'));
  t.after(() => subtree.close());
  renameSync(join(dir, 'tree/a'), join(dir, 'tree/moved'));
  mkdirSync(join(dir, 'elsewhere/b'), { recursive: true });
  writeFileSync(join(dir, 'elsewhere/b/file'), 'another');
  symlinkSync('../elsewhere', join(dir, 'tree/a'));
  assert.equal(
    subtree.at(path('file'), (place) => readFileSync(place, 'utf8')),
    'inside',
  );
  assert.equal(readFileSync(`${subtree.path}/file`, 'utf8'), 'inside');
  assert.equal(subtree.label, join(dir, 'tree/a/b'));
});

test('names are bytes', (t) => {
  const { dir, root } = makeTree(t);
  const name = '\xff\n\x01' as Name;
  writeFileSync(Buffer.concat([Buffer.from(`${dir}/tree/a/`), toBytes(name)]), 'odd');
  assert.equal(
    root.at(path(`a/${name}`), (place) => readFileSync(place, 'utf8')),
    'odd',
  );
});

test('a root that cannot be one says why', (t) => {
  const { dir } = makeTree(t);
  assert.throws(() => TreeRoot.open(join(dir, 'nowhere')), { kind: 'not-found' });
  assert.throws(() => TreeRoot.open(join(dir, 'outside')), { kind: 'invalid' });
  assert.throws(() => TreeRoot.open('/tmp/ž'), { kind: 'invalid' });
});
