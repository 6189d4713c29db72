import assert from 'node:assert/strict';
import { mkdirSync, rmSync, symlinkSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { TreeRoot } from '@btsoot/shared/disk/tree-root.js';
import { Manifest } from '@btsoot/shared/manifest/manifest.js';
import { fromText, type TreePath } from '@btsoot/shared/model/bytes.js';
import { SILENT } from '@btsoot/shared/model/progress.js';
import { temporaryDirectory } from './fixtures.js';
import { scanFolder } from './manifests.js';
import { openSourceFile, SourceChanged, SourceFiles } from './source-file.js';

/** A source with one file, as a scan has seen it. */
async function scanned(t: TestContext) {
  const directory = temporaryDirectory();
  const file = path.join(directory, 'tree', 'file');
  mkdirSync(path.dirname(file));
  writeFileSync(file, 'some bytes');
  const manifest = Manifest.open(path.join(directory, 'source.db'));
  const root = TreeRoot.open(fromText(path.dirname(file)));
  t.after(() => {
    root.close();
    manifest.close();
  });
  await scanFolder({ root, manifest, filter: null }, { report: SILENT, signal: new AbortController().signal });
  const id = manifest.lookup('file' as TreePath)?.id;
  assert.ok(id !== undefined);
  return { file, root, manifest, id, open: () => openSourceFile(root, manifest, id) };
}

test('an unchanged file is read, at once and by pieces', async (t) => {
  const { open } = await scanned(t);
  const source = open();
  assert.equal(source.readNow(0, 10).toString(), 'some bytes');
  assert.equal((await source.read(5, 5)).toString(), 'bytes');
  source.close();
});

test('a file with another size or another time has changed', async (t) => {
  const { file, open } = await scanned(t);
  writeFileSync(file, 'other');
  assert.throws(open, SourceChanged);
  writeFileSync(file, 'same size!');
  utimesSync(file, 1, 1);
  assert.throws(open, SourceChanged);
});

test('a file that becomes shorter while it is read has changed', async (t) => {
  const { file, open } = await scanned(t);
  const source = open();
  truncateSync(file, 4);
  assert.throws(() => source.readNow(0, 10), SourceChanged);
  await assert.rejects(source.read(0, 10), SourceChanged);
  assert.equal((await source.read(0, 4)).toString(), 'some');
  source.close();
});

test('a symlink that took its place is not followed', async (t) => {
  const { file, open } = await scanned(t);
  const secret = path.join(temporaryDirectory(), 'secret');
  writeFileSync(secret, 'not yours!');
  rmSync(file);
  symlinkSync(secret, file);
  assert.throws(open, { kind: 'drift' });
});

test('a file that is gone', async (t) => {
  const { file, open } = await scanned(t);
  rmSync(file);
  assert.throws(open, { kind: 'drift' });
});

test('files of several folders are opened one after the other, also when the last folder has gone', async (t) => {
  const { file, root, manifest, id } = await scanned(t);
  const folder = path.join(path.dirname(file), 'folder');
  mkdirSync(folder);
  writeFileSync(path.join(folder, 'a'), 'first');
  writeFileSync(path.join(folder, 'b'), 'second');
  await scanFolder({ root, manifest, filter: null }, { report: SILENT, signal: new AbortController().signal });
  const [a, b] = ['folder/a', 'folder/b'].map((name) => manifest.lookup(name as TreePath)?.id ?? null);
  const files = new SourceFiles(root, manifest);
  const read = (of: number | null | undefined, length: number): string => {
    const source = files.open(of ?? null);
    try {
      return source.readNow(0, length).toString();
    } finally {
      source.close();
    }
  };
  assert.deepEqual([read(a, 5), read(b, 6), read(id, 10), read(a, 5)], ['first', 'second', 'some bytes', 'first']);
  assert.throws(() => files.open(null), SourceChanged);
  rmSync(folder, { recursive: true });
  assert.throws(() => files.open(b ?? null), { kind: 'drift' });
  assert.equal(read(id, 10), 'some bytes');
  files.close();
});
