import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { packChunks, unpackChunks } from '../delta/chunk-list.js';
import type { Op } from '../delta/op.js';
import { encodeOps } from '../delta/ops.js';
import { BtsootError } from '../model/errors.js';
import { limits } from '../model/limits.js';
import { inTree } from '../model/step.js';
import type { Applier } from './applier.js';
import {
  AVERAGE_BYTES,
  basisOf,
  contentOfBytes,
  deliveryOf,
  listOf,
  MiB,
  noise,
  putOf,
  type SentBasis,
  sendLiterals,
  sendOps,
} from './delivery-fixture.js';
import { type Bench, bench, folder, path } from './fixture.js';

const isInvalid = (error: unknown): boolean => error instanceof BtsootError && error.kind === 'invalid';
const isCancelled = (error: unknown): boolean => error instanceof BtsootError && error.kind === 'cancelled';
const onDisk = (b: Bench, at: string): Buffer => readFileSync(join(b.tree, at));
const blocksBytes = (b: Bench, at: string): number => statSync(join(b.tree, at)).blocks * 512;

/** Delivers a file whole, and thereby its list. */
async function deliverWhole(applier: Applier, at: string, bytes: Buffer, list = listOf(bytes)): Promise<void> {
  await applier.step(putOf(at, bytes), null, deliveryOf(list));
  await sendLiterals(applier, bytes);
}

async function hold(b: Bench, files: Readonly<Record<string, Buffer>>): Promise<void> {
  const applier = b.applier();
  for (const [at, bytes] of Object.entries(files)) await deliverWhole(applier, at, bytes);
  await applier.finish();
}

test('a file with a chunk list gets its list into the manifest', async (t) => {
  const b = bench(t);
  const bytes = noise(MiB, 1);
  const list = listOf(bytes);
  await hold(b, { f: bytes });
  assert.deepEqual(onDisk(b, 'f'), bytes);
  const packed = b.manifest.chunks(contentOfBytes(bytes));
  assert.deepEqual(packed, packChunks(list));
  assert.deepEqual(unpackChunks(packed ?? Buffer.alloc(0), bytes.length).ends, list.ends);
  assert.deepEqual(readdirSync(b.area.staging.path), []);
});

test('any sequence of ops from any bases gives the content that it stands for', async (t) => {
  const b = bench(t);
  const bases = [noise(300 * 1024, 1), Buffer.concat([noise(5_000, 2), Buffer.alloc(40_000), noise(123, 3)]), noise(70, 4)];
  await hold(b, Object.fromEntries(bases.map((bytes, index) => [`basis${index}`, bytes])));
  const sent = bases.map((bytes) => basisOf(bytes, listOf(bytes)));
  const piece = fc.oneof(
    fc.record({ kind: fc.constant('literal' as const), seed: fc.nat(), lengthBytes: fc.integer({ min: 1, max: 70_000 }) }),
    fc.record({ kind: fc.constant('zeros' as const), lengthBytes: fc.integer({ min: 1, max: 400_000 }) }),
    fc.record({ kind: fc.constant('copy' as const), basis: fc.nat(2), from: fc.nat(), lengthBytes: fc.nat() }),
  );
  let count = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(piece, { minLength: 1, maxLength: 12 }),
      fc.boolean(),
      fc.nat(3),
      async (pieces, hasList, perMessage) => {
        const ops: Op[] = [];
        const parts: Buffer[] = [];
        for (const one of pieces) {
          if (one.kind === 'literal') parts.push(noise(one.lengthBytes, one.seed));
          if (one.kind === 'zeros') parts.push(Buffer.alloc(one.lengthBytes));
          if (one.kind !== 'copy') {
            ops.push({ kind: one.kind, lengthBytes: one.lengthBytes });
            continue;
          }
          const basis = bases[one.basis] ?? Buffer.alloc(1);
          const from = one.from % basis.length;
          const lengthBytes = 1 + (one.lengthBytes % (basis.length - from));
          ops.push({ kind: 'copy', basis: one.basis, from, lengthBytes });
          parts.push(basis.subarray(from, from + lengthBytes));
        }
        const bytes = Buffer.concat(parts);
        const at = `f${count++}`;
        const applier = b.applier();
        await applier.step(putOf(at, bytes), null, deliveryOf(hasList ? listOf(bytes) : null, sent));
        for (let index = 0, position = 0; index < ops.length; index += 1 + perMessage) {
          const message = ops.slice(index, index + 1 + perMessage);
          await sendOps(applier, bytes, position, message);
          position = message.reduce((sum, op) => sum + op.lengthBytes, position);
        }
        await applier.finish();
        assert.deepEqual([...b.outcomes], []);
        assert.ok(onDisk(b, at).equals(bytes));
        assert.equal(b.manifest.chunks(contentOfBytes(bytes)) !== null, hasList);
      },
    ),
    { numRuns: 40 },
  );
  assert.deepEqual(readdirSync(b.area.staging.path), []);
});

test('zeros are holes, whether they come as an op, as literals or in a copy', async (t) => {
  const b = bench(t);
  const bytes = Buffer.concat([noise(100, 1), Buffer.alloc(4 * MiB), noise(100, 2), Buffer.alloc(MiB)]);
  const applier = b.applier();
  await deliverWhole(applier, 'literal', bytes);
  await applier.step(putOf('op', bytes), null, deliveryOf(null));
  await sendOps(applier, bytes, 0, [
    { kind: 'literal', lengthBytes: 100 },
    { kind: 'zeros', lengthBytes: 4 * MiB },
    { kind: 'literal', lengthBytes: 100 },
    { kind: 'zeros', lengthBytes: MiB },
  ]);
  await applier.step(putOf('basis', bytes), null, deliveryOf(null, [basisOf(bytes)]));
  await sendOps(applier, bytes, 0, [{ kind: 'copy', basis: 0, from: 0, lengthBytes: bytes.length }]);
  await applier.step({ ...putOf('copy', bytes), kind: 'copy' }, null);
  await applier.finish();
  assert.deepEqual([...b.outcomes], []);
  for (const at of ['literal', 'op', 'basis', 'copy']) {
    assert.ok(onDisk(b, at).equals(bytes), at);
    assert.ok(blocksBytes(b, at) <= 64 * 1024, `${at} takes ${blocksBytes(b, at)} bytes`);
  }
});

test('a layout comes in pieces, its runs from lists that are held here', async (t) => {
  const b = bench(t);
  const old = noise(2 * MiB, 1);
  await hold(b, { f: old });
  const bytes = Buffer.concat([old.subarray(0, MiB), noise(1_000, 2), old.subarray(MiB)]);
  const bases = [basisOf(old, listOf(old))];
  const delivery = deliveryOf(listOf(bytes), bases);
  const applier = b.applier();
  await applier.step(putOf('f', bytes, old), null, { ...delivery, layout: delivery.layout.subarray(0, 1) });
  for (const byte of delivery.layout.subarray(1)) await applier.layout(Buffer.from([byte]));
  await sendOps(applier, bytes, 0, [
    { kind: 'copy', basis: 0, from: 0, lengthBytes: MiB },
    { kind: 'literal', lengthBytes: 1_000 },
    { kind: 'copy', basis: 0, from: MiB, lengthBytes: MiB },
  ]);
  await applier.finish();
  assert.deepEqual([...b.outcomes], []);
  assert.ok(onDisk(b, 'f').equals(bytes));
});

test('a file is made from one that this group brings, before and after that has its name', async (t) => {
  const b = bench(t);
  const first = noise(MiB, 1);
  const second = Buffer.concat([first, noise(10, 2)]);
  const delivery = deliveryOf(listOf(second), [basisOf(first, listOf(first))]);
  const ops: Op[] = [
    { kind: 'copy', basis: 0, from: 0, lengthBytes: MiB },
    { kind: 'literal', lengthBytes: 10 },
  ];
  const applier = b.applier();
  await deliverWhole(applier, 'first', first);
  await applier.step(putOf('second', second), null, delivery);
  await sendOps(applier, second, 0, ops);
  await applier.step(putOf('third', second), null, delivery);
  await applier.flush();
  await sendOps(applier, second, 0, ops);
  await applier.finish();
  assert.deepEqual([...b.outcomes], []);
  assert.ok(onDisk(b, 'second').equals(second));
  assert.ok(onDisk(b, 'third').equals(second));
});

test('a huge file is patched where it is, though a step of the same group brought it there, and its old version can be copied', async (t) => {
  const b = bench(t);
  const old = noise(limits.inPlaceSizeMinBytes, 1);
  const bytes = Buffer.from(old).fill('edited', 20 * MiB, 20 * MiB + 6);
  await hold(b, { f: old });
  const inode = statSync(join(b.tree, 'f')).ino;
  const applier = b.applier();
  await applier.step(...folder('d'));
  const expect = { kind: 'file', content: contentOfBytes(old) } as const;
  await applier.step({ kind: 'move', from: inTree(path('f')), to: inTree(path('d/f')), expect }, null);
  await applier.step(putOf('d/f', bytes, old), null, deliveryOf(listOf(bytes), [basisOf(old, listOf(old))], true));
  await sendOps(applier, bytes, 0, [
    { kind: 'copy', basis: 0, from: 0, lengthBytes: 20 * MiB },
    { kind: 'literal', lengthBytes: 6 },
    { kind: 'copy', basis: 0, from: 20 * MiB + 6, lengthBytes: bytes.length - 20 * MiB - 6 },
  ]);
  await applier.step({ ...putOf('again', bytes), kind: 'copy' }, null);
  await applier.finish();
  const next = b.applier();
  await next.step({ ...putOf('old', old), kind: 'copy' }, null);
  await next.finish();
  assert.deepEqual([...b.outcomes], []);
  assert.equal(statSync(join(b.tree, 'd/f')).ino, inode);
  assert.ok(onDisk(b, 'd/f').equals(bytes));
  assert.ok(onDisk(b, 'again').equals(bytes));
  assert.ok(onDisk(b, 'old').equals(old));
});

const wrongs: Readonly<Record<string, (applier: Applier, bytes: Buffer, basis: SentBasis) => Promise<void>>> = {
  'wrong bytes': async (applier, bytes) => {
    await applier.step(putOf('f', bytes), null, deliveryOf(listOf(bytes)));
    await sendLiterals(applier, Buffer.from(bytes).fill(1, 500_000, 500_001));
  },
  'the wrong list': async (applier, bytes) => {
    await applier.step(putOf('f', bytes), null, deliveryOf(listOf(noise(bytes.length, 9))));
    await sendLiterals(applier, bytes);
  },
  'the wrong digest': async (applier, bytes) => {
    await applier.step(putOf('f', bytes), null, { ...deliveryOf(listOf(bytes)), chunksDigest: '0'.repeat(32) });
    await sendLiterals(applier, bytes);
  },
  'copies from elsewhere': async (applier, bytes, basis) => {
    await applier.step(putOf('f', bytes), null, deliveryOf(listOf(bytes), [basis]));
    await sendOps(applier, bytes, 0, [{ kind: 'copy', basis: 0, from: 7, lengthBytes: bytes.length }]);
  },
  'a basis that is not here': async (applier, bytes) => {
    await applier.step(putOf('f', bytes), null, deliveryOf(listOf(bytes), [basisOf(noise(MiB, 77))]));
    await sendOps(applier, bytes, 0, [{ kind: 'copy', basis: 0, from: 0, lengthBytes: 1_000 }]);
    await sendLiterals(applier, bytes, 1_000);
  },
  'a partial that is not here': async (applier, bytes) => {
    const partial = { ...basisOf(bytes), partial: true };
    await applier.step(putOf('f', bytes), null, deliveryOf(listOf(bytes), [partial]));
    await sendOps(applier, bytes, 0, [{ kind: 'copy', basis: 0, from: 0, lengthBytes: 1_000 }]);
    await sendLiterals(applier, bytes, 1_000);
  },
  'a basis whose list is not here': async (applier, bytes) => {
    const other = noise(MiB, 78);
    const unknown = basisOf(other, listOf(Buffer.concat([bytes, other])));
    await applier.step(putOf('f', bytes), null, deliveryOf(listOf(bytes), [unknown]));
    await applier.layout(Buffer.from('whatever else there was of it'));
    await sendLiterals(applier, bytes);
  },
};

for (const [what, send] of Object.entries(wrongs)) {
  test(`${what}: the file fails alone, and leaves nothing`, async (t) => {
    const b = bench(t);
    const held = noise(2 * MiB, 5);
    await hold(b, { held });
    const applier = b.applier();
    const bytes = noise(MiB, 6);
    await send(applier, bytes, basisOf(held, listOf(held)));
    await deliverWhole(applier, 'next', noise(MiB, 7));
    await applier.finish();
    assert.deepEqual(
      [...b.outcomes].map(([step, { kind }]) => [step, kind]),
      [[0, 'mismatch']],
    );
    assert.deepEqual(readdirSync(b.tree).sort(), ['held', 'next']);
    assert.deepEqual(readdirSync(b.area.staging.path), []);
    assert.deepEqual(readdirSync(b.area.partial.path), []);
    assert.equal(b.manifest.chunks(contentOfBytes(bytes)), null);
  });
}

test('a basis that was changed by hand fails the file, and is looked at again', async (t) => {
  const b = bench(t);
  const held = noise(MiB, 1);
  await hold(b, { held });
  writeFileSync(join(b.tree, 'held'), 'by hand');
  const applier = b.applier();
  await applier.step(putOf('f', held), null, deliveryOf(listOf(held), [basisOf(held)]));
  await sendOps(applier, held, 0, [{ kind: 'copy', basis: 0, from: 0, lengthBytes: MiB }]);
  await applier.finish();
  assert.equal(b.outcomes.get(0)?.kind, 'mismatch');
  assert.equal(b.manifest.seen(b.manifest.children(1)[0]?.id ?? 0), null);
});

test('what only a broken sender says ends the stream, and nothing is left', async (t) => {
  const bytes = noise(MiB, 1);
  const literal = (lengthBytes: number): Buffer => encodeOps([{ kind: 'literal', lengthBytes }], 0);
  const lies: Readonly<Record<string, (applier: Applier) => Promise<void>>> = {
    'literals that no op needs': (applier) => applier.patch(literal(10), Buffer.alloc(11)),
    'fewer literals than the ops need': (applier) => applier.patch(literal(10), Buffer.alloc(9)),
    'ops beyond the end': (applier) => applier.patch(literal(MiB + 1), Buffer.alloc(MiB + 1)),
    'a copy from no basis': (applier) =>
      applier.patch(encodeOps([{ kind: 'copy', basis: 0, from: 0, lengthBytes: 5 }], 0), Buffer.alloc(0)),
    'bytes that are no ops': (applier) => applier.patch(Buffer.from([0xff, 0xff]), Buffer.alloc(0)),
    'more bytes than announced': (applier) => applier.data(Buffer.alloc(MiB + 1)),
    'a layout after the layout': (applier) => applier.layout(Buffer.from([8])),
    'a step within the file': (applier) => applier.step(putOf('g', bytes), bytes),
    'the end within the file': async (applier) => void (await applier.finish()),
  };
  for (const [what, lie] of Object.entries(lies)) {
    const b = bench(t);
    const applier = b.applier();
    await applier.step(putOf('f', bytes), null, deliveryOf(listOf(bytes)));
    await assert.rejects(lie(applier), isInvalid, what);
    await applier.abort();
    assert.deepEqual(readdirSync(b.tree), [], what);
    assert.deepEqual(readdirSync(b.area.staging.path), [], what);
  }
});

test('a layout that cannot be one, or is not complete, ends the stream', async (t) => {
  const bytes = noise(MiB, 1);
  const delivery = deliveryOf(listOf(bytes));
  const b = bench(t);
  const cut = b.applier();
  await cut.step(putOf('f', bytes), null, { ...delivery, layout: delivery.layout.subarray(0, 20) });
  await assert.rejects(cut.data(bytes.subarray(0, 10)), isInvalid);
  await cut.abort();
  for (const layout of [Buffer.concat([delivery.layout, Buffer.from([9])]), Buffer.from([255, 1, 2, 3])]) {
    const applier = b.applier();
    await assert.rejects(applier.step(putOf('f', bytes), null, { ...delivery, layout }), isInvalid);
    await applier.abort();
  }
  const without = b.applier();
  await assert.rejects(without.step(putOf('f', bytes), null, { ...delivery, chunksDigest: null }), isInvalid);
  await without.abort();
  assert.deepEqual(readdirSync(b.area.staging.path), []);
});

test('a long copy is cut short when the stream has ended', async (t) => {
  const b = bench(t);
  const held = noise(8 * MiB, 1);
  await hold(b, { held });
  const controller = new AbortController();
  const applier = b.applier(b.manifest, 'nas', controller.signal);
  await applier.step(putOf('f', held), null, deliveryOf(listOf(held, AVERAGE_BYTES), [basisOf(held)]));
  const copying = sendOps(applier, held, 0, [{ kind: 'copy', basis: 0, from: 0, lengthBytes: held.length }]);
  controller.abort(new BtsootError('cancelled', 'gone'));
  await assert.rejects(copying, isCancelled);
  await applier.abort();
  assert.deepEqual(b.committed.slice(1), []);
});

test('a file that is cut off is not acknowledged, what came before it is', async (t) => {
  const b = bench(t);
  const held = noise(8 * MiB, 1);
  const small = Buffer.from('small');
  for (const what of ['a delivery', 'a copy']) {
    const controller = new AbortController();
    const applier = b.applier(b.manifest, 'nas', controller.signal);
    await applier.step(putOf(`before ${what}`, small), small);
    if (what === 'a delivery') {
      await applier.step(putOf('f', held), null, deliveryOf(null));
      await sendLiterals(applier, held, 0, MiB);
    } else {
      await deliverWhole(applier, 'held', held);
      const copying = applier.step({ ...putOf('f', held), kind: 'copy' }, null);
      controller.abort(new BtsootError('cancelled', 'gone'));
      await assert.rejects(copying, isCancelled);
    }
    await applier.abort();
    assert.deepEqual(b.committed.at(-1), { steps: what === 'a delivery' ? 1 : 2, failures: [] });
    assert.ok(onDisk(b, `before ${what}`).equals(small));
  }
});
