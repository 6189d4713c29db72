import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  renameSync,
  rmdirSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { type TestContext, test } from 'node:test';
import { setAttributeSync } from 'fs-xattr';
import { seenFromStats, withinTree } from '../disk/seen.js';
import type { TreePath } from '../model/bytes.js';
import { hashBytes } from '../model/digest.js';
import { Place } from './fixture.js';
import { readListing } from './listing.js';
import { type NativeAnswer, NativeLister } from './native-lister.js';
import { Pace } from './pace.js';
import { PackedListing } from './packed-listing.js';

const ENTRIES_MAX = 10_000;

function natively(t: TestContext, place: Place): NativeLister | null {
  const root = place.root.directory('' as TreePath);
  t.after(() => root.close());
  const native = NativeLister.load(root, place.root.dev);
  if (native === null) t.skip('native/lister.c was not compiled');
  return native;
}

function meant(place: Place, path: string) {
  const { dev, ino } = withinTree(seenFromStats(lstatSync(place.at(path), { bigint: true }), 0n), place.root.dev);
  return { path: path as TreePath, dev, ino };
}

async function answer(native: NativeLister, place: Place, path: string, entriesMax = ENTRIES_MAX): Promise<NativeAnswer> {
  const [only] = await native.list([meant(place, path)], { entriesMax });
  return only ?? assert.fail();
}

/** What node:fs sees. */
async function plainly(place: Place, path: string): Promise<Buffer> {
  const directory = place.root.directory(path as TreePath);
  try {
    const wanted = { ignore: new Set<never>(), screen: null, rules: null, specials: 'mirror' } as const;
    const listing = await readListing(directory, place.root.dev, wanted, new Pace(new AbortController().signal));
    return listing.digest();
  } finally {
    directory.close();
  }
}

test('the same of every kind, name and time, byte for byte, as node:fs', async (t) => {
  const place = new Place(t);
  const native = natively(t, place);
  if (native === null) return;
  for (const name of ['a', 'a.b', 'a/b', 'B', '\xff\xfe', '-', ' ', 'x'.repeat(255), '.hidden', '..c', 'line\nbreak']) {
    if (name.includes('/')) mkdirSync(place.at('dir'), { recursive: true });
    place.write(name.replace('a/b', 'dir/b'), `of ${name}`);
  }
  for (let index = 0; index < 2_500; index++) place.write(`many/${index * 7919}`, '');
  mkdirSync(place.at('empty'));
  mkdirSync(place.at('many/sub'));
  symlinkSync('nowhere at all', place.at('link'));
  execFileSync('mkfifo', [`${place.dir}/fifo`]);
  const server = createServer().listen(`${place.dir}/socket`);
  await new Promise((resolve) => server.once('listening', resolve));
  t.after(() => server.close());
  place.write('sparse', '');
  truncateSync(place.at('sparse'), 2 ** 40);
  chmodSync(place.at('B'), 0o6751);
  for (const [name, seconds] of [
    ['a', -1.5],
    ['a.b', 2 ** 33],
    ['B', 0],
  ] as const)
    utimesSync(place.at(name), seconds, seconds);
  for (const path of ['', 'dir', 'empty', 'many', 'many/sub']) {
    const packed = await answer(native, place, path);
    assert.ok(packed instanceof ArrayBuffer, path);
    const listing = new PackedListing(packed);
    assert.deepEqual(await plainly(place, path), Buffer.from(hashBytes(listing.bytes), 'hex'), path);
    assert.deepEqual(listing.names, [...listing.names].sort());
    for (const name of ['', 'a', 'many', 'sub', '7919', 'x'.repeat(255), 'nny']) {
      assert.equal(listing.has(name as never), listing.names.includes(name as never), `${path}: ${name}`);
    }
  }
  const root = new PackedListing((await answer(native, place, '')) as ArrayBuffer);
  assert.deepEqual([root.specials, root.sockets], [1, 1]);
  assert.deepEqual(
    [...root.directories].map((index) => root.names[index]),
    ['dir', 'empty', 'many'],
  );
});

test('another directory at the place, a symlink on the way, too many entries: each is told apart', async (t) => {
  const place = new Place(t);
  const native = natively(t, place);
  if (native === null) return;
  place.write('d/e/f', 'x');
  place.write('d/e/g', 'x');
  const wanted = meant(place, 'd/e');
  assert.equal(await answer(native, place, 'd/e', 1), 'too-large');
  assert.ok((await answer(native, place, 'd/e', 2)) instanceof ArrayBuffer);
  const lists = async (): Promise<NativeAnswer | undefined> => (await native.list([wanted], { entriesMax: ENTRIES_MAX }))[0];
  renameSync(place.at('d'), place.at('moved'));
  assert.deepEqual(await lists(), { code: 'ENOENT' });
  symlinkSync('moved', place.at('d'));
  assert.ok(isNoDirectory(await lists()));
  assert.deepEqual(await answer(native, place, 'moved/e/f'), { code: 'ENOTDIR' });
  assert.ok(isNoDirectory((await native.list([{ ...wanted, path: 'd' as TreePath }], { entriesMax: 9 }))[0]));
  for (const path of ['..', 'moved/../..'] as TreePath[]) {
    const [above] = await native.list([{ ...wanted, path }], { entriesMax: ENTRIES_MAX });
    assert.ok(above !== undefined && !(above instanceof ArrayBuffer), path);
  }
  mkdirSync(place.at('moved/other'));
  renameSync(place.at('moved/e'), place.at('moved/e2'));
  renameSync(place.at('moved/other'), place.at('moved/e'));
  assert.deepEqual(await native.list([{ ...wanted, path: 'moved/e' as TreePath }], { entriesMax: 9 }), [{ code: 'ESTALE' }]);
  rmdirSync(place.at('moved/e'));
  assert.equal((await native.list([], { entriesMax: 9 })).length, 0);
});

test('a path longer than a system call takes is left to node:fs', async (t) => {
  const place = new Place(t);
  const native = natively(t, place);
  if (native === null) return;
  const [only] = await native.list([{ path: Array(20).fill('n'.repeat(250)).join('/') as TreePath, dev: 0n, ino: 1n }], {
    entriesMax: 9,
  });
  // Opened part by part, where the kernel cannot do better, it is found out that there is none.
  assert.ok(only === 'unable' || codeOf(only) === 'ENOENT');
});

function codeOf(answer: NativeAnswer | undefined): string | null {
  return typeof answer === 'object' && 'code' in answer ? answer.code : null;
}

/** Which of the two it says depends on how the kernel was asked. */
function isNoDirectory(answer: NativeAnswer | undefined): boolean {
  return ['ELOOP', 'ENOTDIR'].includes(codeOf(answer) ?? '');
}

test('many calls at a time, of a tree that changes under them', async (t) => {
  const place = new Place(t);
  const native = natively(t, place);
  if (native === null) return;
  for (let index = 0; index < 60; index++) place.write(`d${index % 6}/f${index}`, 'x');
  const all = Array.from({ length: 6 }, (_, index) => meant(place, `d${index}`));
  const calls = Array.from({ length: 40 }, async (_, round) => {
    writeFileSync(place.at(`d${round % 6}/new ${round}`), 'x');
    return native.list(all, { entriesMax: ENTRIES_MAX });
  });
  for (const answers of await Promise.all(calls)) {
    for (const one of answers) assert.ok(one instanceof ArrayBuffer && new PackedListing(one).count >= 10);
  }
});

test('what has extended attributes is told from what has none, and the bytes for the digest are the same', async (t) => {
  const place = new Place(t);
  const native = natively(t, place);
  if (native === null) return;
  for (const name of ['with', 'without', 'dir/x']) place.write(name, 'x');
  symlinkSync('with', place.at('link'));
  try {
    setAttributeSync(`${place.dir}/with`, 'user.note', Buffer.from('x'));
  } catch {
    t.skip('this file system has no extended attributes');
    return;
  }
  const [asked] = await native.list([meant(place, '')], { entriesMax: 9, withXattrs: true });
  assert.ok(asked instanceof ArrayBuffer);
  const listing = new PackedListing(asked);
  assert.deepEqual(listing.names, ['dir', 'link', 'with', 'without']);
  const own = listing.names.map((_, index) => listing.mayHaveXattrs(index));
  assert.equal(own[2], true);
  // A system that labels all files gives attributes to these, too.
  if (!own.every(Boolean)) assert.deepEqual(own, [false, false, true, false]);
  const plain = new PackedListing((await answer(native, place, '')) as ArrayBuffer);
  assert.deepEqual(listing.bytes, plain.bytes);
  assert.equal(plain.mayHaveXattrs(3), true, 'nobody has looked');
});
