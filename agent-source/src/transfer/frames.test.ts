import assert from 'node:assert/strict';
import { test } from 'node:test';
import { brotliDecompressSync } from 'node:zlib';
import type { TreePath } from '@btsoot/shared/model/bytes.js';
import { limits } from '@btsoot/shared/model/limits.js';
import { inTree, type PlannedStep, type Step } from '@btsoot/shared/model/step.js';
import { hashBytes } from '@btsoot/shared/model/xxh3.js';
import { applyOrderToWire } from '@btsoot/shared/wire/convert.js';
import { remotePackage } from '@btsoot/shared/wire/proto.js';
import { type BatchItem, framesOf, type Packer, stepBytes } from './frames.js';
import { LiteralPacker } from './literals.js';

const META = { mode: 0o644, uid: 0, gid: 0, mtimeUs: 0, xattrs: '' };

function item(path: string, inline: Buffer): BatchItem {
  const content = { hash: hashBytes(inline), sizeBytes: inline.length };
  const step = { kind: 'put', path: path as TreePath, meta: META, content, replaces: null } as const;
  const planned: PlannedStep = { step, originId: 1, targetId: null, wireBytes: inline.length, lostEntries: 0 };
  return { planned, step, inline, delivery: null };
}

const asItIs: Packer = { pack: async (bytes) => ({ bytes, sizeBytes: 0 }) };

test('small files that shrink together are one batch', async () => {
  const items = Array.from({ length: 40 }, (_, index) => item(`f${index}`, Buffer.from(`file ${index}, `.repeat(1_500))));
  const frames = await framesOf({ kind: 'batch', items }, new LiteralPacker());
  assert.equal(frames.length, 1);
  const [frame] = frames;
  assert.ok(frame?.order.kind === 'steps' && frame.order.packed !== null);
  const { bytes, sizeBytes } = frame.order.packed;
  assert.ok(brotliDecompressSync(bytes).equals(Buffer.concat(items.map(({ inline }) => inline as Buffer))));
  assert.deepEqual([frame.rawBytes, frame.wireBytes, frame.planned.length], [sizeBytes, bytes.length, 40]);
});

test('small files that do not are batches of a frame each, in order', async () => {
  const items = Array.from({ length: 30 }, (_, index) => item(`f${index}`, Buffer.alloc(30_000, index)));
  const frames = await framesOf({ kind: 'batch', items }, asItIs);
  assert.ok(frames.length > 1);
  assert.ok(frames.every(({ rawBytes, wireBytes }) => rawBytes <= limits.frameSizeMaxBytes && rawBytes === wireBytes));
  assert.deepEqual(
    frames.flatMap(({ order }) => (order.kind === 'steps' ? order.steps : [])),
    items,
  );
});

test('steps without any bytes need no packing', async () => {
  const items = [item('empty', Buffer.alloc(0))];
  const packer: Packer = { pack: async () => assert.fail('nothing to pack') };
  const frames = await framesOf({ kind: 'batch', items }, packer);
  assert.deepEqual(frames[0]?.order, { kind: 'steps', steps: items, packed: null });
});

test('a step is said to take what it takes, with all of its paths', () => {
  const [short, long] = ['s' as TreePath, `${'long/'.repeat(800)}name` as TreePath];
  const expect = { kind: 'file', content: { hash: 'f'.repeat(32), sizeBytes: 2 ** 50 } } as const;
  const file = {
    path: short,
    meta: { mode: 0o7777, uid: 2 ** 32 - 1, gid: 2 ** 32 - 1, mtimeUs: 2 ** 53 - 1, xattrs: 'x'.repeat(1_000) },
    replaces: expect,
  };
  const steps: readonly Step[] = [
    { kind: 'move', from: inTree(long), to: inTree(short), expect },
    { kind: 'link', ...file, target: long },
    { kind: 'hard-link', ...file, existing: long, content: expect.content, group: 'f'.repeat(16) },
  ];
  for (const step of steps) {
    const alone = { step, inline: null, delivery: null };
    const order = applyOrderToWire({ kind: 'steps', steps: [alone], packed: null });
    const { length } = remotePackage().Remote.service.Apply.requestSerialize(order);
    assert.ok(length <= stepBytes(alone), `${step.kind}: ${length} bytes, and ${stepBytes(alone)} are counted`);
  }
});
