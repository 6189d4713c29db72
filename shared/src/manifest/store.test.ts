import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, openSync, readFileSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import Sqlite from 'better-sqlite3';
import { directory, file, kindIs, manifestFile, name } from './fixture.js';
import { HISTORY_ID, Manifest, ROOT_ID } from './manifest.js';

/** A manifest of some hundred rows, closed. */
function filledFile(t: TestContext): string {
  const at = manifestFile(t);
  const manifest = Manifest.open(at);
  manifest.transaction(() => {
    for (let n = 0; n < 500; n += 1) manifest.insert(ROOT_ID, name(`file ${n}`), file(`${n}`), null);
  });
  manifest.close();
  return at;
}

function readAll(at: string): void {
  const manifest = Manifest.open(at);
  try {
    manifest.children(ROOT_ID);
    manifest.stateDigest();
  } finally {
    manifest.close();
  }
}

const saysDamaged = (error: unknown) =>
  kindIs('corrupt')(error) && error instanceof Error && 'hint' in error && /aside/.test(`${error.hint}`);

test('a file that is no database is said to be damaged, with a hint', (t) => {
  const at = manifestFile(t);
  writeFileSync(at, 'not a database, but long enough to be taken for one'.repeat(100));
  assert.throws(() => Manifest.open(at), saysDamaged);
  assert.match(readFileSync(at, 'latin1'), /^not a database/);
});

test('a database of something else is left alone', (t) => {
  const at = manifestFile(t);
  new Sqlite(at).exec('CREATE TABLE precious (a)').close();
  assert.throws(() => Manifest.open(at), saysDamaged);
  assert.equal(new Sqlite(at).prepare('SELECT count(*) FROM sqlite_master').pluck().get(), 1);
});

test('overwritten pages and a cut file are found when they are read', (t) => {
  const overwritten = filledFile(t);
  const size = statSync(overwritten).size;
  const fd = openSync(overwritten, 'r+');
  for (let at = 4096; at < size; at += 4096) writeSync(fd, Buffer.alloc(200, 0xa5), 0, 200, at);
  assert.throws(() => readAll(overwritten), saysDamaged);

  const cut = filledFile(t);
  writeFileSync(cut, readFileSync(cut).subarray(0, 5 * 4096 + 100));
  assert.throws(() => readAll(cut), saysDamaged);
});

test('a manifest of a newer program is refused and left as it is', (t) => {
  const at = filledFile(t);
  const db = new Sqlite(at);
  db.pragma('user_version = 99');
  db.close();
  assert.throws(() => Manifest.open(at), kindIs('version'));
  assert.equal(new Sqlite(at).pragma('user_version', { simple: true }), 99);
});

test('a folder that is not there is an io error', (t) => {
  assert.throws(() => Manifest.open(`${manifestFile(t)}/none/manifest.db`), kindIs('io'));
});

test('where the log cannot have its shared memory, a rollback journal serves, and a log left behind is read', (t) => {
  const origin = manifestFile(t);
  const manifest = Manifest.open(origin);
  t.after(() => manifest.close());
  manifest.insert(ROOT_ID, name('in the log'), file('x'), null);

  const carried = manifestFile(t);
  copyFileSync(origin, carried);
  copyFileSync(`${origin}-wal`, `${carried}-wal`);
  mkdirSync(`${carried}-shm`);
  const there = Manifest.open(carried);
  there.insert(ROOT_ID, name('in the journal'), file('x'), null);
  assert.equal(there.children(ROOT_ID).length, 2);
  there.close();

  rmSync(`${carried}-shm`, { recursive: true });
  const db = new Sqlite(carried);
  assert.equal(db.pragma('journal_mode', { simple: true }), 'delete');
  db.close();
  const back = Manifest.open(carried);
  assert.equal(back.children(ROOT_ID).length, 2);
  back.close();
});

test('what is committed is there when the process dies', (t) => {
  const at = manifestFile(t);
  const manifest = Manifest.open(at);
  t.after(() => manifest.close());
  manifest.insert(ROOT_ID, name('committed'), file('x'), null);
  // A copy taken while the manifest is open is what a crash leaves.
  const left = manifestFile(t);
  copyFileSync(at, left);
  copyFileSync(`${at}-wal`, `${left}-wal`);
  const after = Manifest.open(left);
  t.after(() => after.close());
  assert.equal(after.children(ROOT_ID).length, 1);
});

test('moving a folder of 3,000 entries changes a handful of rows, in a session too', (t) => {
  const at = manifestFile(t);
  const manifest = Manifest.open(at);
  t.after(() => manifest.close());
  const folder = manifest.insert(ROOT_ID, name('folder'), directory(), null);
  manifest.transaction(() => {
    for (let n = 0; n < 3_000; n += 1) manifest.insert(folder, name(`${n}`), file(`${n}`), null);
  });
  manifest.beginSession({ startedUs: 1, sourceName: 'nas' });
  manifest.insert(ROOT_ID, name('file'), file(), null);
  manifest.endSession({ finishedUs: 2, steps: 1 });
  manifest.beginSession({ startedUs: 3, sourceName: 'nas' });
  const before = manifest.rowsWritten();
  manifest.rename(folder, HISTORY_ID, name('1-1'));
  // The row, its old version, the root's digest, and the mark that the session changed something.
  assert.equal(manifest.rowsWritten() - before, 4);
  assert.equal(manifest.asOf(1).children(folder).length, 3_000);
});

test('a second program reads while the first writes, and waits its turn to write', (t) => {
  const at = manifestFile(t);
  const first = Manifest.open(at);
  const second = Manifest.open(at);
  first.transaction(() => {
    first.insert(ROOT_ID, name('a'), file(), null);
    assert.deepEqual(second.children(ROOT_ID), []);
  });
  second.insert(ROOT_ID, name('b'), file(), null);
  assert.equal(first.children(ROOT_ID).length, 2);
  first.close();
  second.close();
});

test('work whose commits are made durable together: its rows are there, and what it throws comes through', async (t) => {
  const at = manifestFile(t);
  const manifest = Manifest.open(at);
  const before = manifest.rowsWritten();
  assert.equal(await manifest.durableAtEnd(async () => manifest.root().entryCount), 0);
  assert.equal(manifest.rowsWritten(), before, 'nothing is written where nothing was');
  const id = await manifest.durableAtEnd(async () => {
    const folder = manifest.insert(ROOT_ID, name('folder'), directory(), null);
    await Promise.resolve();
    return manifest.insert(folder, name('file'), file('x'), null);
  });
  const stopped = manifest.durableAtEnd(async () => {
    manifest.insert(ROOT_ID, name('before the error'), file('y'), null);
    throw new Error('stopped');
  });
  await assert.rejects(stopped, /stopped/);
  manifest.insert(ROOT_ID, name('after it'), file('z'), null);
  manifest.close();
  const again = Manifest.open(at);
  assert.equal(again.row(id)?.name, 'file');
  assert.deepEqual(
    again.children(ROOT_ID).map((row) => row.name),
    ['after it', 'before the error', 'folder'],
  );
  again.close();
});
