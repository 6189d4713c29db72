import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import fc from 'fast-check';
import type { TreePath } from '../model/bytes.js';
import { type Basis, type Delivery, PLAIN_DELIVERY } from '../model/delivery.js';
import { DRIFT_HOWS } from '../model/drift.js';
import type { Content, DirectoryNode } from '../model/entry.js';
import { limits } from '../model/limits.js';
import type { FileStep } from '../model/step.js';
import * as convert from './convert.js';
import { remotePackage } from './proto.js';
import { accepted } from './streams.js';
import { content, hex, meta, path, plain } from './testing/arbitraries.js';

const { Apply, OpenSession } = remotePackage().Remote.service;

type Wire = Parameters<typeof Apply.requestSerialize>[0];

function arrive(wire: Wire): convert.ArrivedOrder {
  return convert.applyOrderFromWire(accepted(Apply.requestDeserialize(Apply.requestSerialize(wire))));
}

const roundTrip = (order: convert.ApplyOrder): convert.ArrivedOrder => arrive(convert.applyOrderToWire(order));

const buffer = (minLength: number, maxLength: number): fc.Arbitrary<Buffer> =>
  fc.uint8Array({ minLength, maxLength }).map((bytes) => Buffer.from(bytes));
const basis: fc.Arbitrary<Basis> = fc.record({ content, partial: fc.boolean() }).map(plain);
const delivery: fc.Arbitrary<Delivery> = fc
  .record({
    bases: fc.array(basis, { maxLength: limits.basesPerFileMax }),
    positional: fc.constant(false),
    chunksDigest: fc.option(hex),
    layout: buffer(0, 200),
  })
  .map((sent) => (sent.chunksDigest === null ? { ...sent, layout: Buffer.alloc(0) } : { ...sent }));

function putOf(at: TreePath, metadata: FileStep['meta'], what: Content, replaced: Content | null = null): FileStep {
  const replaces = replaced === null ? null : ({ kind: 'file', content: replaced } as const);
  return { kind: 'put', path: at, meta: metadata, content: what, replaces };
}

test('a delivery comes through the wire as it was', () => {
  fc.assert(
    fc.property(path, meta, content, delivery, (at, metadata, what, sent) => {
      const step = putOf(at, metadata, { ...what, sizeBytes: Math.max(1, what.sizeBytes) });
      const order = { kind: 'steps', steps: [{ step, inline: null, delivery: sent }], packed: null } as const;
      assert.deepEqual(roundTrip(order), order);
    }),
  );
});

test('a positional delivery is from the content that its put replaces', () => {
  fc.assert(
    fc.property(path, meta, content, content, (at, metadata, next, replaced) => {
      const step = putOf(at, metadata, { ...next, sizeBytes: next.sizeBytes + (next.sizeBytes === 0 ? 1 : 0) }, replaced);
      const positional = { ...PLAIN_DELIVERY, positional: true, bases: [{ content: replaced, partial: false }] };
      const order = { kind: 'steps', steps: [{ step, inline: null, delivery: positional }], packed: null } as const;
      assert.deepEqual(roundTrip(order), order);
    }),
  );
});

test('layouts and patches come through the wire as they were', () => {
  const order: fc.Arbitrary<convert.ApplyOrder> = fc.oneof(
    fc.record({ kind: fc.constant('layout' as const), bytes: buffer(1, 300) }),
    fc.record({
      kind: fc.constant('patch' as const),
      ops: buffer(1, 300),
      literals: buffer(0, 300),
      literalsSizeBytes: fc.constant(0),
    }),
    fc.record({
      kind: fc.constant('patch' as const),
      ops: buffer(1, 300),
      literals: buffer(1, 300),
      literalsSizeBytes: fc.integer({ min: 301, max: limits.unpackedSizeMaxBytes }),
    }),
  );
  fc.assert(
    fc.property(order, (sent) => {
      const got = roundTrip(sent);
      assert.deepEqual({ ...got }, { ...sent });
    }),
  );
});

test('the files of a packed batch get their own bytes back', () => {
  const file = fc.record({ path, meta, bytes: buffer(0, 50), isPut: fc.boolean() });
  fc.assert(
    fc.property(fc.array(file, { maxLength: 20 }), (files) => {
      const steps = files.map(({ path: at, meta: metadata, bytes, isPut }) => {
        if (!isPut) return { step: { kind: 'make-directory', path: at, meta: metadata } as const, inline: null, delivery: null };
        const what = { hash: '0'.repeat(32), sizeBytes: bytes.length };
        return { step: putOf(at, metadata, what), inline: bytes, delivery: null };
      });
      const whole = Buffer.concat(steps.flatMap(({ inline }) => (inline === null ? [] : [inline])));
      const packed = whole.length < 2 ? null : { bytes: Buffer.alloc(1), sizeBytes: whole.length };
      const order = roundTrip({ kind: 'steps', steps, packed });
      assert.ok(order.kind === 'steps');
      assert.deepEqual(order.packed, packed);
      assert.deepEqual(convert.unpackSteps(order.steps, packed === null ? null : whole), steps);
    }),
  );
});

test('a batch is not cut from fewer bytes than its files have', () => {
  const packedStep = {
    step: putOf('a' as TreePath, META, { hash: '0'.repeat(32), sizeBytes: 5 }),
    inline: 'packed',
    delivery: null,
  } as const;
  for (const unpacked of [null, Buffer.alloc(4)]) {
    assert.throws(() => convert.unpackSteps([packedStep], unpacked), { kind: 'invalid' });
  }
});

const META = { mode: 0o644, uid: 1, gid: 2, mtimeUs: 3, xattrs: '' };
const CONTENT = { hash: Buffer.alloc(16, 1), sizeBytes: 5 };
const OTHER = { hash: Buffer.alloc(16, 2), sizeBytes: 5 };
const put = { path: Buffer.from('a/b'), meta: META, content: CONTENT };
const delivered = (what: object, more: object = {}): Wire => ({
  steps: { steps: [{ put: { ...put, delivery: what, ...more } }] },
});
const packed = (size: number, bytes: Buffer, ...puts: object[]): Wire => ({
  steps: { steps: puts.map((more) => ({ put: { ...put, packed: true, ...more } })), packed: bytes, packedSize: size },
});
const overOps = Buffer.alloc(limits.frameSizeMaxBytes + 1);

const HOSTILE: Record<string, Wire> = {
  'a delivery with nine bases': delivered({ bases: Array(9).fill({ content: OTHER }) }),
  'a basis without a content': delivered({ bases: [{}] }),
  'a basis whose size no number holds': delivered({ bases: [{ content: { ...OTHER, sizeBytes: '18446744073709551615' } }] }),
  'a chunk digest of 15 bytes': delivered({ chunksDigest: Buffer.alloc(15) }),
  'a layout without a digest': delivered({ layout: Buffer.alloc(1) }),
  'a layout in a put over the limit': delivered({
    chunksDigest: Buffer.alloc(16),
    layout: Buffer.alloc(limits.layoutInPutMaxBytes + 1),
  }),
  'a positional delivery without a basis': delivered({ positional: true }, { replaces: { kind: 'FILE', content: OTHER } }),
  'a positional delivery that replaces nothing': delivered({ positional: true, bases: [{ content: OTHER }] }),
  'a positional delivery from something else': delivered(
    { positional: true, bases: [{ content: CONTENT }] },
    { replaces: { kind: 'FILE', content: OTHER } },
  ),
  'a positional delivery from a partial': delivered(
    { positional: true, bases: [{ content: OTHER, partial: true }] },
    { replaces: { kind: 'FILE', content: OTHER } },
  ),
  'bytes inline and delivered': delivered({}, { inline: Buffer.alloc(5) }),
  'an empty file that is delivered': delivered({}, { content: { ...CONTENT, sizeBytes: 0 } }),
  'bytes packed and delivered': delivered({}, { packed: true }),
  'a delivered put amid a batch': {
    steps: { steps: [{ put: { ...put, delivery: {} } }, { put: { ...put, inline: Buffer.alloc(5) } }] },
  },
  'bytes inline and packed': packed(5, Buffer.alloc(3), { inline: Buffer.alloc(5) }),
  'an empty file that is packed': packed(0, Buffer.alloc(0), { content: { ...CONTENT, sizeBytes: 0 } }),
  'a packed file over the limit': packed(40_000, Buffer.alloc(3), { content: { ...CONTENT, sizeBytes: 40_000 } }),
  'packed files of another sum': packed(9, Buffer.alloc(3), {}, {}),
  'a packed size without packed files': { steps: { steps: [], packedSize: 5 } },
  'packed bytes of no file': { steps: { steps: [], packed: Buffer.alloc(5) } },
  'packed files without bytes': packed(5, Buffer.alloc(0), {}),
  'packed bytes that did not shrink': packed(5, Buffer.alloc(5), {}),
  'packed files over the limit together': packed(
    33 * limits.inlineSizeMaxBytes,
    Buffer.alloc(3),
    ...Array(33).fill({ content: { ...CONTENT, sizeBytes: limits.inlineSizeMaxBytes } }),
  ),
  'an empty part of a layout': { layout: Buffer.alloc(0) },
  'a part of a layout over the limit': { layout: overOps },
  'a patch that does nothing': { patch: { literals: Buffer.alloc(5) } },
  'ops over the limit': { patch: { ops: overOps } },
  'literals over the limit': { patch: { ops: Buffer.alloc(1), literals: overOps } },
  'literals that unpack to more than the limit': {
    patch: { ops: Buffer.alloc(1), literals: Buffer.alloc(5), literalsSize: limits.unpackedSizeMaxBytes + 1 },
  },
  'literals that did not shrink': { patch: { ops: Buffer.alloc(1), literals: Buffer.alloc(5), literalsSize: 5 } },
  'no literals that unpack to some': { patch: { ops: Buffer.alloc(1), literalsSize: 5 } },
};

for (const [what, request] of Object.entries(HOSTILE)) {
  test(`${what}: invalid`, () => {
    assert.throws(() => arrive(request), { name: 'BtsootError', kind: 'invalid' });
  });
}

test('the largest requests that the rules allow fit into a message', () => {
  const literals = Buffer.alloc(limits.unpackedSizeMaxBytes - 1);
  const ops = Buffer.alloc(limits.frameSizeMaxBytes);
  const order = { kind: 'patch', ops, literals, literalsSizeBytes: limits.unpackedSizeMaxBytes } as const;
  assert.deepEqual(roundTrip(order), order);
});

const ROOT: DirectoryNode = {
  kind: 'directory',
  id: 1,
  parent: 0,
  name: '' as DirectoryNode['name'],
  meta: META,
  digest: '1'.repeat(32),
  complete: true,
  entryCount: 0,
  totalBytes: 0,
};

function opened(partials: readonly { content: Content; durableBytes: number }[]): convert.SessionNews {
  const manifestId = '7b0a4f5e-1111-4222-8333-444455556666';
  const [session, stateDigest] = ['2'.repeat(32), '3'.repeat(32)];
  const drift = DRIFT_HOWS.map((how, index) => ({ path: how as string as TreePath, how, olderVersions: index }));
  const counts = { freeBytes: 4, drifted: 5, lastSession: 6, damaged: 7, fileSizeMaxBytes: 8, hasHistory: true, reflinks: true };
  return { kind: 'opened', session, manifestId, stateDigest, root: ROOT, ...counts, partials, drift };
}

function openedThroughWire(news: convert.SessionNews): convert.SessionNews {
  const bytes = OpenSession.responseSerialize(convert.sessionNewsToWire(news));
  return convert.sessionNewsFromWire(accepted(OpenSession.responseDeserialize(bytes)));
}

test('partials are offered as they are, and refused where they cannot be', () => {
  const large = { hash: '4'.repeat(32), sizeBytes: 2 ** 40 };
  const partial = { content: large, durableBytes: 2 ** 39 };
  const good = opened(Array(limits.partialsMax).fill(partial));
  assert.deepEqual(openedThroughWire(good), good);
  for (const bad of [Array(9).fill(partial), [{ ...partial, durableBytes: 0 }], [{ ...partial, durableBytes: 2 ** 40 }]]) {
    assert.throws(() => openedThroughWire(opened(bad)), { kind: 'invalid' });
  }
});
