import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { type ChunkList, listDigest } from '../delta/chunk-list.js';
import { encodeLayout, LayoutReader } from '../delta/layout.js';
import { StepFailed } from './action.js';
import { Bases } from './bases.js';
import { contentOfBytes, listOf, noise, putOf } from './delivery-fixture.js';
import { type Bench, bench } from './fixture.js';
import { openPart, Partials } from './partials.js';
import { StagedFile, type StagedFileOptions } from './staged-file.js';
import { Staging } from './staging.js';

/** What an edit of a file in place leaves as it was and what it writes, in order. */
interface Edit {
  readonly keptBytes: number;
  readonly newBytes: Buffer;
}

const old = noise(300 * 1024, 1);
const oldList = listOf(old);

/** Takes a whole copy for a clone: it is written to as a clone would be, on any file system. */
async function onClone(b: Bench, bytes: Buffer, list = oldList): Promise<{ file: StagedFile; options: StagedFileOptions }> {
  const staging = new Staging(b.area.staging.path, { chown: false });
  const name = staging.newName();
  writeFileSync(staging.path(name), old);
  const open = () => openPart(staging.path(name), old.length);
  const bases = new Bases([{ sizeBytes: old.length, list, partial: null, open }]);
  const options = {
    staging,
    partials: new Partials(b.area),
    step: putOf('f', bytes),
    bases,
    expected: expect(bytes),
    signal: null,
  };
  return { file: await StagedFile.onClone(options, name, list), options };
}

function expect(bytes: Buffer): StagedFileOptions['expected'] {
  const list = listOf(bytes);
  const reader = new LayoutReader(bytes.length, [oldList]);
  reader.push(encodeLayout(list, [oldList]));
  return { layout: reader.layout ?? assert.fail(), digest: listDigest(list) };
}

function apply(edits: readonly Edit[], sizeBytes: number): Buffer {
  const bytes = Buffer.alloc(sizeBytes);
  old.copy(bytes);
  let at = 0;
  for (const { keptBytes, newBytes } of edits) {
    newBytes.copy(bytes, at + keptBytes);
    at += keptBytes + newBytes.length;
  }
  return bytes;
}

test('a clone is written to where it changes, and is the new content', async (t) => {
  const b = bench(t);
  const edit = fc.record({
    keptBytes: fc.nat(80_000),
    newBytes: fc
      .tuple(fc.integer({ min: 1, max: 20_000 }), fc.nat(3))
      .map(([length, seed]) => (seed === 0 ? Buffer.alloc(length) : noise(length, seed))),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(edit, { maxLength: 8 }), fc.integer({ min: -100_000, max: 100_000 }), async (drawn, growth) => {
      const sizeBytes = old.length + growth;
      const edits: Edit[] = [];
      let at = 0;
      for (const { keptBytes, newBytes } of drawn) {
        if (at + keptBytes + newBytes.length > Math.min(sizeBytes, old.length)) break;
        edits.push({ keptBytes, newBytes });
        at += keptBytes + newBytes.length;
      }
      const bytes = apply(edits, sizeBytes);
      const { file, options } = await onClone(b, bytes);
      let position = 0;
      for (const { keptBytes, newBytes } of edits) {
        if (keptBytes > 0) await file.copy(0, position, keptBytes);
        if (newBytes.every((byte) => byte === 0)) await file.zeros(newBytes.length);
        else await file.literal(newBytes);
        position += keptBytes + newBytes.length;
      }
      const kept = Math.min(sizeBytes, old.length) - position;
      if (kept > 0) await file.copy(0, position, kept);
      if (growth > 0) await file.zeros(growth);
      const staged = await file.complete();
      assert.ok(readFileSync(options.staging.path(staged.name)).equals(bytes));
      assert.deepEqual(file.list, listOf(bytes));
    }),
    { numRuns: 60 },
  );
});

test('a clone of something else is found out, and goes', async (t) => {
  const bytes = apply([{ keptBytes: 50_000, newBytes: noise(10, 9) }], old.length);
  const other: ChunkList = { ...oldList, hashes: Buffer.from(oldList.hashes).fill(0, 0, 1) };
  const b = bench(t);
  const { file } = await onClone(b, bytes, other);
  await file.copy(0, 0, 50_000);
  await file.literal(noise(10, 9));
  await file.copy(0, 50_010, old.length - 50_010);
  await assert.rejects(file.complete(), (error) => error instanceof StepFailed && error.outcome.kind === 'mismatch');
  await file.discard();
  await file.discard();
  assert.deepEqual(readdirSync(b.area.staging.path), []);
});

test('a clone that is cut off leaves nothing: it is made again at no cost', async (t) => {
  const b = bench(t);
  const { file } = await onClone(b, apply([], old.length + 2 ** 21));
  await file.copy(0, 0, old.length);
  await file.zeros(2 ** 20 + 2 ** 19);
  await file.suspend();
  assert.deepEqual(readdirSync(b.area.staging.path), []);
  assert.deepEqual(readdirSync(b.area.partial.path), []);
  assert.equal(new Partials(b.area).find(contentOfBytes(old)), null);
});
