import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import fc from 'fast-check';
import { BtsootError } from '../model/errors.js';
import { limits } from '../model/limits.js';
import type { StepBatch } from './messages.js';
import { remotePackage } from './proto.js';

const { Apply, ListChildren, QueryContents } = remotePackage().Remote.service;

/** A field with a length, of a number below 16. */
function field(number: number, ...parts: Uint8Array[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.of((number << 3) | 2), varint(body.length), body]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Buffer.of(...bytes, rest);
    bytes.push((rest % 128) | 0x80);
  }
}

function refusedBy(decode: (bytes: Buffer) => unknown, bytes: Buffer, message: RegExp): void {
  const decoded: unknown = decode(bytes);
  assert.ok(decoded instanceof BtsootError, 'decoded');
  assert.equal(decoded.kind, 'invalid');
  assert.match(decoded.message, message);
}

test('as many entries as the limit are read, one more is refused, packed or not', () => {
  const most = limits.directoriesPerRequestMax;
  for (const ids of [
    (count: number) => field(2, Buffer.alloc(count, 1)),
    (count: number) => Buffer.from('1001'.repeat(count), 'hex'),
    (count: number) => Buffer.concat([field(2, Buffer.alloc(count - 1, 1)), Buffer.of(0x10, 1)]),
  ]) {
    assert.equal(ListChildren.requestDeserialize(ids(most)).directoryIds.length, most);
    refusedBy(ListChildren.requestDeserialize, ids(most + 1), /more than 256 of directoryIds/);
  }
  const empty = (count: number) => Buffer.from('1200'.repeat(count), 'hex');
  assert.equal(QueryContents.requestDeserialize(empty(limits.contentsPerQueryMax)).contents.length, limits.contentsPerQueryMax);
  refusedBy(QueryContents.requestDeserialize, empty(limits.contentsPerQueryMax + 1), /more than 4096 of contents/);
  refusedBy(Apply.requestDeserialize, field(2, Buffer.from('0a00'.repeat(limits.stepsPerMessageMax + 1), 'hex')), /of steps/);
});

test('a message that comes again and again in the place of one is refused', () => {
  refusedBy(Apply.requestDeserialize, Buffer.concat([field(2), field(2)]), /more than 1 of steps/);
});

test('what decoders read in different ways is refused', () => {
  const wrongType = Buffer.of(0x10, 2, 0x0a, 0);
  refusedBy(Apply.requestDeserialize, wrongType, /steps comes as wire type 0/);
  refusedBy(Apply.requestDeserialize, Buffer.of(0x0b, 0x0c), /wire type 3/);
  refusedBy(Apply.requestDeserialize, Buffer.of(0x7b, 0x7c), /wire type 3/);
  refusedBy(Apply.requestDeserialize, Buffer.of(0x92, 0x80, 0x80, 0x80, 0x80, 0x00, 0), /too long/);
  refusedBy(Apply.requestDeserialize, Buffer.of(0x92, 0x80, 0x80, 0x80, 0x7f, 0), /too long/);
  refusedBy(ListChildren.requestDeserialize, Buffer.of(0x18, ...Buffer.alloc(10, 0xff), 1), /too long/);
  refusedBy(ListChildren.requestDeserialize, Buffer.of(0x18, 0xff), /cut off/);
  refusedBy(Apply.requestDeserialize, Buffer.of(0x12, 5, 0), /cut off/);
});

test('fields that a later minor version may have are skipped', () => {
  const later = [
    Buffer.of(0x78, 0x81, 1),
    Buffer.of(0x79, ...Buffer.alloc(8)),
    field(15, Buffer.alloc(3)),
    Buffer.of(0x7d, 1, 2, 3, 4),
  ];
  const read = Apply.requestDeserialize(Buffer.concat([...later, field(5), ...later]));
  assert.equal(read.request, 'finish');
});

test('what our own side writes is never refused', () => {
  const bytes = fc.uint8Array({ maxLength: 40 }).map((array) => Buffer.from(array));
  const size = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
  const meta = fc.record({
    mode: fc.integer({ min: 0, max: 0o7777 }),
    uid: fc.integer({ min: 0, max: 0xffff_ffff }),
    gid: fc.integer({ min: 0, max: 0xffff_ffff }),
    mtimeUs: fc.integer({ min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER }),
  });
  const content = fc.record({ hash: bytes, sizeBytes: size });
  const expect = fc.record({ kind: fc.constantFrom('FILE', 'DIRECTORY', 'SYMLINK'), content });
  const place = fc.oneof(fc.record({ path: bytes }), fc.record({ stashSlot: fc.integer({ min: 1, max: 0xffff_ffff }) }));
  const step = fc.oneof(
    fc.record({ put: fc.record({ path: bytes, meta, content, replaces: expect, inline: bytes }) }),
    fc.record({ move: fc.record({ from: place, to: place, expect }) }),
    fc.record({ link: fc.record({ path: bytes, meta, target: bytes }) }),
  );
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const batch = { steps } as StepBatch;
      const read = Apply.requestDeserialize(Apply.requestSerialize({ steps: batch }));
      assert.ok(!(read instanceof BtsootError), String(read));
      assert.equal(read.steps?.steps.length, steps.length);
    }),
  );
});

test('whatever the bytes, no more entries come out than the limit, and nothing is thrown', () => {
  const piece = fc.oneof(
    fc.constantFrom('12', '0a', '1a', '10', '00', '80', 'ff', '02', '7f').map((hex) => Buffer.from(hex, 'hex')),
    fc.uint8Array({ maxLength: 4 }).map((array) => Buffer.from(array)),
    fc.integer({ min: 0, max: 3_000 }).map((count) => Buffer.from('0a00'.repeat(count), 'hex')),
    fc.integer({ min: 0, max: 3_000 }).map((count) => field(2, Buffer.from('0a00'.repeat(count), 'hex'))),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const read: unknown = Apply.requestDeserialize(Buffer.concat(pieces));
      if (read instanceof BtsootError) return;
      const { steps } = read as { steps: { steps: unknown[] } | null };
      assert.ok((steps?.steps.length ?? 0) <= limits.stepsPerMessageMax);
    }),
    { numRuns: 1_000 },
  );
});
