import assert from 'node:assert/strict';
import { readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { pathBytes } from '../disk/byte-path.js';
import { HISTORY_ID, ROOT_ID, STASH_ID } from '../manifest/manifest.js';
import { undoName } from '../manifest/undo-name.js';
import type { Name, TreePath } from '../model/bytes.js';
import type { Content } from '../model/entry.js';
import { BtsootError, type ErrorKind } from '../model/errors.js';
import { limits } from '../model/limits.js';
import { openContent } from './content-reader.js';
import { META } from './fixture.js';
import { contentOf, openPatchBench, type PatchBench, patch, plant, readAll, temporaryHome } from './patch-fixture.js';
import { PatchWriter } from './patch-writer.js';

function benchFor(t: TestContext): PatchBench {
  const bench = openPatchBench(temporaryHome(t));
  t.after(() => bench.close());
  return bench;
}

const failsAs = (kind: ErrorKind) => (error: unknown) => error instanceof BtsootError && error.kind === kind;
const bytes = Buffer.alloc(50_000, 'some bytes ');
const content = contentOf(bytes);
const place = ({ home }: PatchBench, name: string): string => join(home, 'tree', name);
const rowOf = ({ manifest }: PatchBench, name: string): number => manifest.lookup(name as TreePath)?.id ?? 0;

test('a content is read from any position, as far as it goes', (t) => {
  const b = benchFor(t);
  plant(b, 'file', bytes);
  const opened = openContent(b, content);
  t.after(() => opened.close());
  const into = Buffer.alloc(1_000);
  assert.equal(opened.sizeBytes, 50_000);
  assert.equal(opened.read(into, 123), 1_000);
  assert.ok(into.equals(bytes.subarray(123, 1_123)));
  assert.equal(opened.read(into, 49_990), 10);
  assert.equal(opened.read(into, 50_000), 0);
  assert.equal(opened.read(into, 60_000), 0);
});

test('it is found in the stash and in history too', (t) => {
  const b = benchFor(t);
  for (const [areaId, folder, name] of [
    [STASH_ID, 'stash', '1'],
    [HISTORY_ID, 'history', '1-1'],
  ] as const) {
    const text = Buffer.from(`kept in the ${folder}`);
    const path = join(b.home, 'area', folder, name);
    writeFileSync(path, text);
    const entry = { kind: 'file', meta: META, content: contentOf(text) } as const;
    b.manifest.insert(areaId, name as Name, entry, b.area[folder].lstat(name as TreePath));
    assert.deepEqual(readAll(b, contentOf(text)), text);
  }
});

test('a file that changed is passed over, and read again by the next check; another one serves', (t) => {
  const b = benchFor(t);
  for (const name of ['changed', 'replaced', 'gone']) plant(b, name, bytes);
  writeFileSync(place(b, 'changed'), 'by hand');
  rmSync(place(b, 'replaced'));
  renameSync(place(b, 'gone'), place(b, 'elsewhere'));
  assert.throws(() => openContent(b, content), failsAs('drift'));
  for (const name of ['changed', 'replaced', 'gone']) assert.equal(b.manifest.seen(rowOf(b, name)), null);
  plant(b, 'another', bytes);
  assert.ok(readAll(b, content).equals(bytes));
});

test('what nobody holds is not found, and a file that shrinks while it is read is no content', (t) => {
  const b = benchFor(t);
  assert.throws(() => openContent(b, content), failsAs('not-found'));
  plant(b, 'file', bytes);
  const opened = openContent(b, content);
  t.after(() => opened.close());
  truncateSync(place(b, 'file'), 10);
  assert.throws(() => opened.read(Buffer.alloc(100), 0), failsAs('drift'));
});

test('a plain file is preferred to patches, and serves where an undo file is damaged', async (t) => {
  const b = benchFor(t);
  const made = Buffer.from(bytes);
  made.write('NEW', 100);
  plant(b, 'file', bytes);
  await patch(b, 'file', bytes, made);
  const undo = join(b.home, 'area', 'history', '1-1.undo');
  const damaged = readFileSync(undo);
  damaged[1] = (damaged[1] ?? 0) ^ 1;
  writeFileSync(undo, damaged);
  assert.throws(() => readAll(b, content), failsAs('corrupt'));
  plant(b, 'copy', bytes);
  assert.ok(readAll(b, content).equals(bytes));
  rmSync(place(b, 'copy'));
  rmSync(undo);
  assert.throws(() => readAll(b, content), failsAs('drift'));
});

test('the versions of several sessions are read as of each, through every way that leads back', async (t) => {
  const b = benchFor(t);
  const versions = [bytes];
  plant(b, 'file', bytes);
  for (let session = 1; session <= 12; session++) {
    const made = Buffer.concat([versions.at(-1) as Buffer, Buffer.from(`more in session ${session}`)]);
    made.write(`session ${session}`, 1_000 * session);
    await patch(b, 'file', versions.at(-1) as Buffer, made);
    versions.push(made);
  }
  for (let session = 1; session <= 12; session++) {
    const node = b.manifest.asOf(session).child(ROOT_ID, 'file' as Name);
    assert.equal(node?.kind, 'file');
    const wanted = node?.kind === 'file' ? node.content : null;
    assert.ok(readAll(b, wanted ?? assert.fail('no content')).equals(versions[session] as Buffer));
  }
  assert.ok(readAll(b, content).equals(bytes));
});

test('a content is looked for through so many undo files, and no more', async (t) => {
  const b = benchFor(t);
  const nth = (index: number): Content => ({ hash: index.toString(16).padStart(32, '0'), sizeBytes: 10 });
  const levels = limits.undoFilesTriedMax / limits.holdersTriedMax;
  // Each content is made from the next by as many undo files as are tried.
  for (let index = 0; index < (levels + 1) * limits.holdersTriedMax; index++) {
    const name = undoName(`1-${index + 1}`);
    const level = Math.floor(index / limits.holdersTriedMax);
    const undo = await PatchWriter.create(pathBytes(join(b.area.history.path, name)));
    await undo.finish(nth(level), nth(level + 1));
    b.manifest.insert(HISTORY_ID, name, { kind: 'file', meta: META, content: nth(level) }, null);
  }
  const hold = (level: number): void => {
    writeFileSync(place(b, `${level}`), 'ten bytes!');
    const name = `${level}` as TreePath & Name;
    b.manifest.insert(ROOT_ID, name, { kind: 'file', meta: META, content: nth(level) }, b.tree.lstat(name));
  };
  hold(levels + 1);
  assert.throws(() => openContent(b, nth(0)), failsAs('not-found'));
  hold(levels);
  assert.equal(readAll(b, nth(0)).toString(), 'ten bytes!');
});
