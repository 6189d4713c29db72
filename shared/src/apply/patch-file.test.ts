import assert from 'node:assert/strict';
import { mkdtempSync, openSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import fc from 'fast-check';
import { BtsootError } from '../model/errors.js';
import { hashBytes } from '../model/xxh3.js';
import { PatchFile } from './patch-file.js';
import { PatchWriter } from './patch-writer.js';

function temporaryFile(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'btsoot-patch-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'patch');
}

const contentOf = (bytes: Buffer) => ({ hash: hashBytes(bytes), sizeBytes: bytes.length });

interface Change {
  readonly gap: number;
  readonly bytes: Buffer;
}

interface Range {
  readonly at: number;
  readonly bytes: Buffer;
}

/** The old bytes with the changes, none of which begins behind their end, and the ranges that make it so. */
function changed(old: Buffer, changes: readonly Change[]): { made: Buffer; ranges: Range[] } {
  let end = 0;
  const ranges = changes.map(({ gap, bytes }) => {
    const at = Math.min(end + gap, Math.max(old.length, end));
    end = at + bytes.length;
    return { at, bytes };
  });
  const made = Buffer.alloc(Math.max(old.length, end));
  old.copy(made);
  for (const { at, bytes } of ranges) bytes.copy(made, at);
  return { made, ranges };
}

async function writePatch(path: string, ranges: readonly Range[], made: Buffer, old: Buffer): Promise<void> {
  rmSync(path, { force: true });
  const writer = await PatchWriter.create(Buffer.from(path));
  for (const { at, bytes } of ranges) {
    if (bytes.every((byte) => byte === 0)) writer.zeros(at, bytes.length);
    else await writer.append(at, bytes);
  }
  await writer.finish(contentOf(made), contentOf(old));
}

const change = fc.record({
  gap: fc.integer({ min: 0, max: 90_000 }),
  bytes: fc.oneof(
    fc.uint8Array({ minLength: 1, maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
    fc.integer({ min: 1, max: 150_000 }).map((length) => Buffer.alloc(length)),
    fc.integer({ min: 1, max: 150_000 }).map((length) => Buffer.alloc(length, 'seed')),
  ),
});

test('a patch laid over the old bytes makes the new ones, from any position', async (t) => {
  const path = temporaryFile(t);
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 0, max: 300_000 }),
      fc.array(change, { maxLength: 6 }),
      fc.integer({ min: 0, max: 400_000 }),
      fc.integer({ min: 1, max: 200_000 }),
      async (sizeBytes, changes, position, lengthBytes) => {
        const old = Buffer.alloc(Math.max(1, sizeBytes), 'the old bytes ');
        const { made, ranges } = changed(old, changes);
        await writePatch(path, ranges, made, old);
        const patch = new PatchFile(() => openSync(path, 'r'));
        assert.deepEqual([patch.makes, patch.over], [contentOf(made), contentOf(old)]);
        const into = Buffer.alloc(Math.max(0, Math.min(lengthBytes, made.length - position)));
        old.copy(into, 0, Math.min(position, old.length));
        patch.overlay(into, position);
        assert.ok(into.equals(made.subarray(position, position + into.length)));
      },
    ),
    { numRuns: 60 },
  );
});

test('of a damaged patch file, nothing is read but bytes that are right', async (t) => {
  const path = temporaryFile(t);
  const old = Buffer.alloc(200_000, 'old');
  const { made, ranges } = changed(old, [
    { gap: 10, bytes: Buffer.from('one') },
    { gap: 5_000, bytes: Buffer.alloc(100_000, 'two') },
    { gap: 94_000, bytes: Buffer.alloc(5_000, 'behind the end') },
  ]);
  await writePatch(path, ranges, made, old);
  const whole = readFileSync(path);
  await fc.assert(
    fc.asyncProperty(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), fc.boolean(), async (at, flip, cut) => {
      const damaged = Buffer.from(cut ? whole.subarray(0, at) : whole);
      if (!cut) damaged[at] = (damaged[at] ?? 0) ^ flip;
      writeFileSync(path, damaged);
      try {
        const patch = new PatchFile(() => openSync(path, 'r'));
        const into = Buffer.concat([old, Buffer.alloc(made.length - old.length)]);
        patch.overlay(into, 0);
        assert.fail('a damaged file was read without complaint');
      } catch (error) {
        assert.ok(error instanceof BtsootError, String(error));
        assert.equal(error.kind, 'corrupt');
      }
    }),
    { numRuns: 150 },
  );
});

test('zeros take no room, and ranges that adjoin are one', async (t) => {
  const path = temporaryFile(t);
  const writer = await PatchWriter.create(Buffer.from(path));
  const bytes = 16 * 1024 * 1024;
  writer.zeros(0, bytes / 2);
  writer.zeros(bytes / 2, bytes / 2);
  await writer.append(bytes, Buffer.from('end'));
  const made = { hash: '0'.repeat(32), sizeBytes: bytes + 3 };
  await writer.finish(made, { ...made, sizeBytes: 0 });
  assert.ok(statSync(path).blocks * 512 < 64 * 1024);
  const patch = new PatchFile(() => openSync(path, 'r'));
  assert.equal(patch.rangeCount, 1);
  const into = Buffer.alloc(4, 'x');
  patch.overlay(into, bytes - 1);
  assert.deepEqual(into, Buffer.from('\0end'));
});

test('a patch that is given up leaves nothing', async (t) => {
  const path = temporaryFile(t);
  const writer = await PatchWriter.create(Buffer.from(path));
  await writer.append(0, Buffer.from('x'));
  await writer.discard();
  await writer.discard();
  assert.throws(() => statSync(path), /ENOENT/);
});
