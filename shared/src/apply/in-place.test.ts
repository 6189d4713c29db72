import assert from 'node:assert/strict';
import { linkSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import fc from 'fast-check';
import { listDigest, packChunks } from '../delta/chunk-list.js';
import { HISTORY_ID, ROOT_ID } from '../manifest/manifest.js';
import type { Name, TreePath } from '../model/bytes.js';
import type { Delivery } from '../model/delivery.js';
import { BtsootError } from '../model/errors.js';
import { limits } from '../model/limits.js';
import { hashToBytes } from '../model/xxh3.js';
import { StepFailed } from './action.js';
import { META } from './fixture.js';
import { canPatchInPlace, InPlacePatch } from './in-place.js';
import {
  contentOf,
  feed,
  layoutFor,
  listOf,
  openPatch,
  openPatchBench,
  type PatchBench,
  patch,
  patchStep,
  plant,
  readAll,
  stagePatch,
  temporaryHome,
} from './patch-fixture.js';

function benchFor(t: TestContext): PatchBench {
  const bench = openPatchBench(temporaryHome(t));
  t.after(() => bench.close());
  return bench;
}

const onDisk = ({ home }: PatchBench, name: string): Buffer => readFileSync(join(home, 'tree', name));
const seeded = (sizeBytes: number, seed: string): Buffer => Buffer.alloc(sizeBytes, seed);

test('a patched file keeps its inode, its old version is read through the undo file, and the rows say so', async (t) => {
  const b = benchFor(t);
  const old = seeded(100_000, 'old bytes ');
  const made = Buffer.from(old);
  made.write('NEW', 5_000);
  plant(b, 'image', old);
  const { ino } = statSync(join(b.home, 'tree', 'image'));
  assert.deepEqual(await patch(b, 'image', old, made), { kind: 'done' });
  assert.equal(statSync(join(b.home, 'tree', 'image')).ino, ino);
  assert.equal(statSync(join(b.home, 'tree', 'image')).mtimeMs, Math.floor(META.mtimeUs / 1000) + (META.mtimeUs % 1000) / 1000);
  assert.ok(onDisk(b, 'image').equals(made));
  assert.ok(readAll(b, contentOf(made)).equals(made));
  assert.ok(readAll(b, contentOf(old)).equals(old));
  const [kept] = b.manifest.rows(HISTORY_ID);
  assert.equal(kept?.name, '1-1.undo');
  assert.deepEqual(kept?.kind === 'file' && kept.content, contentOf(old));
  assert.deepEqual(b.manifest.seen(b.manifest.lookup('image' as TreePath)?.id ?? 0), b.tree.lstat('image' as TreePath));
  assert.deepEqual(readdirSync(join(b.home, 'area', 'staging')), []);
  assert.deepEqual(b.manifest.chunks(contentOf(made)), packChunks(listOf(made)));
});

interface Edit {
  readonly at: number;
  readonly bytes: Uint8Array;
}

/** The next version: some ranges overwritten, then cut or grown to a size. */
function edited(old: Buffer, edits: readonly Edit[], sizeBytes: number): Buffer {
  const made = Buffer.alloc(Math.max(1, sizeBytes));
  old.copy(made);
  for (const { at, bytes } of edits) made.set(bytes.subarray(0, Math.max(0, made.length - at)), Math.min(at, made.length));
  return made;
}

test('property: however a file is patched, again and again, all of its versions can be read', async (t) => {
  const b = benchFor(t);
  const edit = fc.record({ at: fc.nat(60_000), bytes: fc.uint8Array({ minLength: 1, maxLength: 500 }) });
  const version = fc.record({ edits: fc.array(edit, { maxLength: 5 }), sizeBytes: fc.nat(90_000) });
  let files = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(version, { minLength: 1, maxLength: 6 }), async (versions) => {
      const name = `file${files++}`;
      const contents = [seeded(50_000, `${name} `)];
      plant(b, name, contents[0] as Buffer);
      for (const { edits, sizeBytes } of versions) {
        const old = contents.at(-1) as Buffer;
        const made = edited(old, edits, sizeBytes);
        if (made.equals(old)) continue;
        assert.deepEqual(await patch(b, name, old, made), { kind: 'done' });
        assert.ok(onDisk(b, name).equals(made));
        contents.push(made);
      }
      for (const bytes of contents) assert.ok(readAll(b, contentOf(bytes)).equals(bytes));
    }),
    { numRuns: 12 },
  );
});

test('an old version that came back, and went again another way, is found the way that leads to it', async (t) => {
  const b = benchFor(t);
  const [one, two, three] = ['one ', 'two ', 'three '].map((seed) => seeded(4_000, seed)) as [Buffer, Buffer, Buffer];
  plant(b, 'file', one);
  for (const [old, made] of [
    [one, two],
    [two, one],
    [one, three],
  ] as const)
    await patch(b, 'file', old, made);
  for (const bytes of [one, two, three]) assert.ok(readAll(b, contentOf(bytes)).equals(bytes));
});

test('bytes that do not make the announced chunks are refused, and the file stays', async (t) => {
  const b = benchFor(t);
  const old = seeded(50_000, 'old ');
  const made = Buffer.from(old);
  made.write('new', 7_000);
  plant(b, 'file', old);
  const sink = await openPatch(b, 'file', old, made);
  const wrong = Buffer.from(made);
  wrong.write('neu', 7_000);
  await feed(sink, old, wrong);
  await assert.rejects(sink.complete(), (error) => error instanceof StepFailed && error.outcome.kind === 'mismatch');
  await sink.discard();
  await sink.discard();
  assert.ok(onDisk(b, 'file').equals(old));
  assert.deepEqual(readdirSync(join(b.home, 'area', 'staging')), []);
});

test('a layout that names chunks of the old file at other places is not believed', async (t) => {
  const b = benchFor(t);
  const old = Buffer.concat([seeded(1_000, 'a'), seeded(1_000, 'b')]);
  const swapped = Buffer.concat([seeded(1_000, 'b'), seeded(1_000, 'a')]);
  plant(b, 'file', old);
  // Both chunks are known by their hashes, and nothing is sent: but the bytes in these places are others.
  const sink = await openPatch(b, 'file', old, swapped);
  await sink.copy(0, 0, 2_000);
  await assert.rejects(sink.complete(), (error) => error instanceof StepFailed && error.outcome.kind === 'mismatch');
  await sink.discard();
});

test('what a positional delivery may not do ends the stream', async (t) => {
  const b = benchFor(t);
  const old = seeded(50_000, 'old ');
  const made = Buffer.concat([old, seeded(10_000, 'more ')]);
  plant(b, 'file', old);
  const invalid = (error: unknown): boolean => error instanceof BtsootError && error.kind === 'invalid';
  for (const wrong of [
    (sink: InPlacePatch) => sink.copy(0, 1, 10),
    (sink: InPlacePatch) => sink.copy(1, 0, 10),
    (sink: InPlacePatch) => sink.copy(0, 0, 50_001),
    (sink: InPlacePatch) => sink.zeros(60_001),
    (sink: InPlacePatch) => sink.literal(Buffer.alloc(60_001)),
  ]) {
    const sink = await openPatch(b, 'file', old, made);
    await assert.rejects(wrong(sink), invalid);
    await sink.discard();
  }
  assert.deepEqual(readdirSync(join(b.home, 'area', 'staging')), []);
});

test('a caller who has gone need not wait until a large file is hashed', async (t) => {
  const b = benchFor(t);
  const old = seeded(50_000, 'old ');
  const made = Buffer.concat([old, Buffer.from('more')]);
  plant(b, 'file', old);
  const gone = new AbortController();
  const list = listOf(made);
  const step = patchStep('file', contentOf(old), contentOf(made));
  const layout = layoutFor(list, listOf(old));
  const options = { holdings: b, staging: b.staging, step, layout, chunksDigest: listDigest(list), signal: gone.signal };
  const sink = await InPlacePatch.open(options);
  await feed(sink, old, made);
  gone.abort(new BtsootError('cancelled', 'gone'));
  await assert.rejects(sink.complete(), { kind: 'cancelled' });
  await sink.suspend();
  assert.deepEqual(readdirSync(join(b.home, 'area', 'staging')), []);
});

test('more changes than a patch may have are refused', async (t) => {
  const b = benchFor(t);
  const sizeBytes = limits.inPlaceChangeMaxBytes + 10;
  const zeros = { hash: '1'.repeat(32), sizeBytes };
  const list = { averageBytes: 2 ** 27, ends: Float64Array.of(sizeBytes), hashes: Buffer.alloc(16) };
  plant(b, 'file', Buffer.from('old'));
  const layout = layoutFor(list, listOf(Buffer.from('old')));
  const step = patchStep('file', contentOf(Buffer.from('old')), zeros);
  const sink = await InPlacePatch.open({
    holdings: b,
    staging: b.staging,
    step,
    layout,
    chunksDigest: listDigest(list),
    signal: null,
  });
  await assert.rejects(sink.zeros(sizeBytes), /more of it than is allowed/);
  await sink.suspend();
  assert.deepEqual(readdirSync(join(b.home, 'area', 'staging')), []);
});

test('a file that changes on the disk before the group is committed is left alone', async (t) => {
  const b = benchFor(t);
  const old = seeded(50_000, 'old ');
  const made = Buffer.concat([old, Buffer.from('more')]);
  plant(b, 'file', old);
  const action = await stagePatch(b, 'file', old, made);
  const strange = seeded(50_000, 'a stranger was here ');
  writeFileSync(join(b.home, 'tree', 'file'), strange);
  const [result] = b.commit.run([action], [{ content: contentOf(made), packed: packChunks(listOf(made)) }]);
  assert.equal(result?.outcome.kind, 'drift');
  assert.ok(onDisk(b, 'file').equals(strange));
  assert.deepEqual(b.manifest.rows(HISTORY_ID), []);
  assert.deepEqual(readdirSync(join(b.home, 'area', 'staging')), []);
  assert.deepEqual(readdirSync(join(b.home, 'area', 'history')), []);
  assert.equal(b.manifest.chunks(contentOf(made)), null);
});

test('a file with another name is not patched: the other name would change with it', async (t) => {
  const b = benchFor(t);
  const old = seeded(50_000, 'old ');
  plant(b, 'file', old);
  const action = await stagePatch(b, 'file', old, Buffer.concat([old, Buffer.from('more')]));
  linkSync(join(b.home, 'tree', 'file'), join(b.home, 'elsewhere'));
  const [result] = b.commit.run([action]);
  assert.equal(result?.outcome.kind, 'drift');
  assert.ok(onDisk(b, 'file').equals(old));
});

test('a damaged redo file leaves the old version in place, and no undo file in history', async (t) => {
  const b = benchFor(t);
  const old = seeded(300_000, 'old ');
  const made = seeded(310_000, 'new');
  plant(b, 'file', old);
  const action = await stagePatch(b, 'file', old, made);
  assert.equal(action.staged?.kind, 'patch');
  const redo = b.staging.path(action.staged?.kind === 'patch' ? action.staged.redo : '');
  const bytes = readFileSync(redo);
  bytes.write('damage', 200_000);
  writeFileSync(redo, bytes);
  const [result] = b.commit.run([action]);
  assert.equal(result?.outcome.kind, 'failed');
  assert.ok(onDisk(b, 'file').equals(old));
  assert.deepEqual(readdirSync(join(b.home, 'area', 'history')), []);
  assert.deepEqual(b.manifest.seen(b.manifest.lookup('file' as TreePath)?.id ?? 0), b.tree.lstat('file' as TreePath));
  assert.deepEqual(await patch(b, 'file', old, made), { kind: 'done' });
});

/** A sparse file of that size, all zeros, with its chunk list. */
function plantZeros({ home, tree, manifest }: PatchBench, name: string, sizeBytes: number, chunkBytes: number): void {
  writeFileSync(join(home, 'tree', name), '');
  truncateSync(join(home, 'tree', name), sizeBytes);
  const content = { hash: 'a'.repeat(32), sizeBytes };
  const ends = Float64Array.from({ length: sizeBytes / chunkBytes }, (_, index) => (index + 1) * chunkBytes);
  const hashes = Buffer.alloc(16 * ends.length, hashToBytes(Buffer.alloc(chunkBytes)));
  manifest.insert(ROOT_ID, name as Name, { kind: 'file', meta: META, content }, tree.lstat(name as TreePath));
  manifest.setChunks(content, packChunks({ averageBytes: chunkBytes, ends, hashes }));
}

/** Bytes that this process asked to be read and written, by whatever call. */
function bytesMoved(): number {
  const io = readFileSync('/proc/self/io', 'latin1');
  return [/rchar: (\d+)/, /wchar: (\d+)/].reduce((sum, pattern) => sum + Number(pattern.exec(io)?.[1]), 0);
}

test('one byte of a gigabyte costs a chunk of it', async (t) => {
  const b = benchFor(t);
  const [sizeBytes, chunkBytes] = [2 ** 30, 128 * 1024];
  plantZeros(b, 'image', sizeBytes, chunkBytes);
  const old = { hash: 'a'.repeat(32), sizeBytes };
  const made = { hash: 'b'.repeat(32), sizeBytes };
  const at = 700_000_001;
  const packed = b.manifest.chunks(old) ?? assert.fail('no list');
  const chunk = Buffer.alloc(chunkBytes);
  const start = at - (at % chunkBytes);
  chunk[at - start] = 1;
  const ends = Float64Array.from({ length: sizeBytes / chunkBytes }, (_, index) => (index + 1) * chunkBytes);
  const hashes = Buffer.from(packed.subarray(packed.length - 16 * ends.length));
  const list = { averageBytes: chunkBytes, ends, hashes };
  const layout = layoutFor(list, list);
  hashToBytes(chunk).copy(hashes, (16 * start) / chunkBytes);
  const before = bytesMoved();
  const step = patchStep('image', old, made);
  const sink = await InPlacePatch.open({
    holdings: b,
    staging: b.staging,
    step,
    layout,
    chunksDigest: listDigest(list),
    signal: null,
  });
  await sink.copy(0, 0, at);
  await sink.literal(Buffer.of(1));
  await sink.copy(0, at + 1, sizeBytes - at - 1);
  const staged = await sink.complete();
  b.commit.run(
    [{ index: 0, step, rowId: null, staged, slot: b.commit.newSlot() }],
    [{ content: made, packed: packChunks(list) }],
  );
  const moved = bytesMoved() - before;
  assert.ok(moved < 2 * 1024 * 1024, `${moved} bytes were read and written`);
});

const delivery = (content: Delivery['bases'][number]['content']): Delivery => ({
  bases: [{ content, partial: false }],
  positional: true,
  chunksDigest: '0'.repeat(32),
  layout: Buffer.alloc(0),
});

test('what is patched in place: large files of ours, as the manifest knows them, where that is the cheapest', (t) => {
  const b = benchFor(t);
  const sizeBytes = limits.inPlaceSizeMinBytes;
  plantZeros(b, 'image', sizeBytes, 64 * 1024);
  const old = { hash: 'a'.repeat(32), sizeBytes };
  const step = patchStep('image', old, { hash: 'b'.repeat(32), sizeBytes });
  const question = { holdings: b, step, delivery: delivery(old), reflinks: false, keepsHistory: true };
  assert.equal(canPatchInPlace(question), true);
  const other = { hash: 'c'.repeat(32), sizeBytes };
  const refused: readonly Partial<typeof question>[] = [
    { reflinks: true },
    { keepsHistory: false },
    { delivery: { ...delivery(old), positional: false } },
    { delivery: { ...delivery(old), chunksDigest: null } },
    { delivery: { ...delivery(old), bases: [{ content: old, partial: true }] } },
    { delivery: delivery(other) },
    { step: { ...step, replaces: null } },
    { step: { ...step, replaces: { kind: 'symlink', content: null } } },
    { step: patchStep('image', other, step.content), delivery: delivery(other) },
    { step: patchStep('elsewhere', old, step.content) },
    { step: { ...step, group: 'a'.repeat(16) } },
    { step: patchStep('image', old, { ...step.content, sizeBytes: sizeBytes - 1 }) },
  ];
  for (const [index, part] of refused.entries()) assert.equal(canPatchInPlace({ ...question, ...part }), false, `${index}`);
  const id = b.manifest.lookup('image' as TreePath)?.id ?? 0;
  b.manifest.update(id, { group: 'a'.repeat(16) });
  assert.equal(canPatchInPlace(question), false);
  b.manifest.update(id, { group: null });
  assert.equal(canPatchInPlace(question), true);
  linkSync(join(b.home, 'tree', 'image'), join(b.home, 'elsewhere'));
  assert.equal(canPatchInPlace(question), false);
});

test('a file that was patched often enough is written anew', async (t) => {
  const b = benchFor(t);
  const sizeBytes = limits.inPlaceSizeMinBytes;
  plantZeros(b, 'image', sizeBytes, 64 * 1024);
  const content = { hash: 'a'.repeat(32), sizeBytes };
  const row = b.manifest.lookup('image' as TreePath)?.id ?? 0;
  const { hasRoomForUndo, noteUndo } = await import('./undo-chain.js');
  for (let patches = 0; patches < limits.undoPatchesMax; patches++) {
    assert.equal(hasRoomForUndo(b.manifest, row, content), true);
    noteUndo(b.manifest, row, { makes: content, over: content, rangeCount: 1 });
  }
  assert.equal(hasRoomForUndo(b.manifest, row, content), false);
  assert.equal(hasRoomForUndo(b.manifest, row, { ...content, hash: 'b'.repeat(32) }), true);
});
