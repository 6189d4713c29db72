import assert from 'node:assert/strict';
import { appendFileSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { type ChunkList, packChunks } from '../delta/chunk-list.js';
import type { Action } from './action.js';
import type { Applier } from './applier.js';
import { basisOf, contentOfBytes, deliveryOf, listOf, MiB, noise, putOf, sendLiterals, sendOps } from './delivery-fixture.js';
import { bench, path, put, run } from './fixture.js';
import { Partials } from './partials.js';
import { openPatchBench, type PatchBench, patch, plant, readAll, stagePatch, temporaryHome } from './patch-fixture.js';

/* What goes wrong where both sides, or the disk and what is known of it, do not agree about what there is. */

async function deliver(applier: Applier, at: string, bytes: Buffer, list: ChunkList, old: Buffer | null = null): Promise<void> {
  await applier.step(putOf(at, bytes, old), null, deliveryOf(list));
  await sendLiterals(applier, bytes);
}

const disagreements = { finer: [16 * 1024, 64 * 1024], coarser: [64 * 1024, 16 * 1024] } as const;

for (const [what, [hereBytes, thereBytes]] of Object.entries(disagreements)) {
  test(`a basis that has ${what} chunks here than its sender believes fails one step`, async (t) => {
    const { applier, outcomes, disk } = bench(t);
    const old = noise(2 * MiB, 1);
    const made = Buffer.concat([old.subarray(0, MiB), noise(100, 2), old.subarray(MiB)]);
    const stream = applier();
    await deliver(stream, 'a', old, listOf(old, hereBytes));
    await stream.flush();
    const believed = basisOf(old, listOf(old, thereBytes));
    await stream.step(putOf('a', made, old), null, deliveryOf(listOf(made, thereBytes), [believed]));
    await sendOps(stream, made, 0, [
      { kind: 'copy', basis: 0, from: 0, lengthBytes: MiB },
      { kind: 'literal', lengthBytes: 100 },
      { kind: 'copy', basis: 0, from: MiB, lengthBytes: MiB },
    ]);
    await run(stream, [put('after', 'still here')]);
    assert.equal(outcomes.get(1)?.kind, 'mismatch');
    assert.equal(outcomes.size, 1);
    assert.equal(disk('after'), 'still here');
  });
}

test('the list that a content was delivered with last is the one that counts', async (t) => {
  const { applier, manifest } = bench(t);
  const bytes = noise(2 * MiB, 1);
  const [first, second] = [listOf(bytes, 16 * 1024), listOf(bytes, 64 * 1024)];
  const stream = applier();
  await deliver(stream, 'a', bytes, first);
  await stream.flush();
  await deliver(stream, 'b', bytes, second);
  await stream.finish();
  assert.ok(manifest.chunks(contentOfBytes(bytes))?.equals(packChunks(second)));
});

test('what a partial has behind its durable bytes does not come into the file', async (t) => {
  const { applier, area, tree, outcomes } = bench(t);
  const bytes = Buffer.concat([noise(2 * MiB, 1), Buffer.alloc(MiB), noise(1000, 2)]);
  const list = listOf(bytes);
  const cut = applier();
  await cut.step(putOf('a', bytes), null, deliveryOf(list));
  await sendLiterals(cut, bytes, 0, 2 * MiB);
  await cut.abort();
  const partials = new Partials(area);
  const found = partials.find(contentOfBytes(bytes)) ?? assert.fail('no partial');
  appendFileSync(partials.path(found.name), noise(4 * MiB, 3));
  const stream = applier();
  const basis = { content: found.content, partial: true, list: found.chunks };
  await stream.step(putOf('a', bytes), null, deliveryOf(list, [basis]));
  await sendOps(stream, bytes, 0, [{ kind: 'copy', basis: 0, from: 0, lengthBytes: found.durableBytes }]);
  await sendLiterals(stream, bytes, found.durableBytes);
  await stream.finish();
  assert.equal(outcomes.size, 0);
  assert.ok(readFileSync(join(tree, 'a')).equals(bytes));
});

test('both versions of a file that went to and fro between them can be read when it has gone on', async (t) => {
  const home = temporaryHome(t);
  const bench = openPatchBench(home);
  t.after(() => bench.close());
  const [a, b, c] = [1, 2, 3].map((seed) => {
    const bytes = noise(5_000, 9);
    bytes.writeUInt32LE(seed, 2_500);
    return bytes;
  }) as [Buffer, Buffer, Buffer];
  plant(bench, 'file', a);
  for (let round = 0; round < 12; round++) {
    assert.equal((await patch(bench, 'file', a, b)).kind, 'done');
    assert.equal((await patch(bench, 'file', b, a)).kind, 'done');
  }
  assert.equal((await patch(bench, 'file', a, c)).kind, 'done');
  for (const bytes of [a, b, c]) assert.ok(readAll(bench, contentOfBytes(bytes)).equals(bytes));
});

test('a file that lies where an undo file goes is not taken for it', async (t) => {
  const home = temporaryHome(t);
  const bench = openPatchBench(home);
  t.after(() => bench.close());
  const [old, made] = [noise(5_000, 1), noise(5_000, 1)];
  made.writeUInt32LE(7, 100);
  plant(bench, 'file', old);
  const action = await stagePatch(bench, 'file', old, made);
  writeFileSync(join(home, 'area', 'history', `${action.slot}.undo`), readFileSync(redoOf(bench, action)));
  const [result] = bench.commit.run([action]);
  assert.equal(result?.outcome.kind, 'done');
  bench.commit.end(1);
  for (const bytes of [old, made]) assert.ok(readAll(bench, contentOfBytes(bytes)).equals(bytes));
});

function redoOf({ staging }: PatchBench, { staged }: Action): Buffer {
  return staging.path(staged?.kind === 'patch' ? staged.redo : assert.fail('it is no patch'));
}

test('a patch that is taken back fills no holes', async (t) => {
  const home = temporaryHome(t);
  const bench = openPatchBench(home);
  t.after(() => bench.close());
  const old = Buffer.alloc(2 * MiB);
  // No zero byte of it: the ranges are few.
  const filled = (lengthBytes: number, seed: number): Uint8Array => noise(lengthBytes, seed).map((byte) => byte | 1);
  const made = Buffer.concat([filled(64 * 1024, 1), old.subarray(0, MiB), filled(MiB - 64 * 1024, 2)]);
  plant(bench, 'file', old);
  const file = join(home, 'tree', 'file');
  truncateSync(file, 0);
  truncateSync(file, old.length);
  bench.manifest.setSeen(bench.manifest.lookup(path('file'))?.id ?? 0, bench.tree.lstat(path('file')));
  const action = await stagePatch(bench, 'file', old, made);
  const redo = redoOf(bench, action);
  const damaged = readFileSync(redo);
  damaged.fill(0, 64 * 1024, 65 * 1024);
  writeFileSync(redo, damaged);
  const [result] = bench.commit.run([action]);
  assert.equal(result?.outcome.kind, 'failed');
  assert.ok(readFileSync(file).equals(old));
  assert.ok(statSync(file).blocks * 512 < 512 * 1024, `${statSync(file).blocks} blocks`);
});
