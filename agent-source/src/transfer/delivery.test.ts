import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listDigest } from '@btsoot/shared/delta/chunk-list.js';
import { LayoutReader } from '@btsoot/shared/delta/layout.js';
import type { Op } from '@btsoot/shared/delta/op.js';
import { cut } from '@btsoot/shared/delta/testing.js';
import type { TreePath } from '@btsoot/shared/model/bytes.js';
import type { Content } from '@btsoot/shared/model/entry.js';
import { limits } from '@btsoot/shared/model/limits.js';
import type { FileStep } from '@btsoot/shared/model/step.js';
import { hashBytes } from '@btsoot/shared/model/xxh3.js';
import { type Candidate, prepareDelivery, wholeDelivery } from './delivery.js';

const META = { mode: 0o644, uid: 0, gid: 0, mtimeUs: 0, xattrs: '' };
const random = (sizeBytes: number, seed: number): Buffer => {
  let state = seed;
  const next = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state >>> 24;
  };
  return Buffer.from(Array.from({ length: sizeBytes }, next));
};

function contentOf(bytes: Buffer): Content {
  return { hash: hashBytes(bytes), sizeBytes: bytes.length };
}

function put(content: Content, replaced: Content | null): FileStep {
  const replaces = replaced === null ? null : ({ kind: 'file', content: replaced } as const);
  return { kind: 'put', path: 'f' as TreePath, meta: META, content, replaces };
}

function candidate(content: Content, partial = false): Candidate {
  return { basis: { content, partial }, sizeBytes: content.sizeBytes, list: null };
}

const old = contentOf(random(100_000, 1));
const other = contentOf(random(100_000, 2));
const step = put(contentOf(random(100_000, 3)), old);

test('only bases that are copied from are named, under their new numbers', () => {
  const ops: Op[] = [
    { kind: 'copy', basis: 2, from: 5, lengthBytes: 50_000 },
    { kind: 'literal', lengthBytes: 50_000 },
  ];
  const prepared = prepareDelivery(step, null, [candidate(old), candidate(other, true), candidate(other)], ops);
  assert.deepEqual(prepared.delivery.bases, [{ content: other, partial: false }]);
  assert.deepEqual(prepared.ops[0], { kind: 'copy', basis: 0, from: 5, lengthBytes: 50_000 });
  assert.equal(prepared.delivery.positional, false);
  assert.deepEqual(wholeDelivery(step, null).delivery, {
    bases: [],
    positional: false,
    chunksDigest: null,
    layout: Buffer.alloc(0),
  });
});

test('a file whose copies all stay where they are is positional', () => {
  const edited: Op[] = [
    { kind: 'copy', basis: 0, from: 0, lengthBytes: 40_000 },
    { kind: 'literal', lengthBytes: 10 },
    { kind: 'zeros', lengthBytes: 9_990 },
    { kind: 'copy', basis: 0, from: 50_000, lengthBytes: 50_000 },
  ];
  const isPositional = (ops: Op[], candidates: Candidate[], of = step): boolean =>
    prepareDelivery(of, null, candidates, ops).delivery.positional;
  assert.ok(isPositional(edited, [candidate(old)]));
  assert.ok(!isPositional(edited, [candidate(old, true)]));
  assert.ok(!isPositional(edited, [candidate(other)]));
  assert.ok(!isPositional(edited, [candidate(old)], put(step.content, null)));
  const [first, ...rest] = edited;
  assert.ok(!isPositional([{ kind: 'literal', lengthBytes: 1 }, first as Op, ...rest], [candidate(old)]));
  const large = { kind: 'literal', lengthBytes: limits.inPlaceChangeMaxBytes } as const;
  assert.ok(isPositional([first as Op, large], [candidate(old)]));
  assert.ok(!isPositional([first as Op, large, { kind: 'zeros', lengthBytes: 1 }], [candidate(old)]));
  const many = Array.from({ length: limits.inPlaceRangesMax + 1 }, (_, index): Op[] => [
    { kind: 'literal', lengthBytes: 1 },
    { kind: 'copy', basis: 0, from: 2 * index + 1, lengthBytes: 1 },
  ]);
  assert.ok(
    isPositional(
      many.slice(1).flatMap((pair, index) => [pair[0] as Op, { ...(pair[1] as Op & { kind: 'copy' }), from: 2 * index + 1 }]),
      [candidate(old)],
    ),
  );
  assert.ok(!isPositional(many.flat(), [candidate(old)]));
});

test('a layout that does not fit into the put follows in frames', () => {
  const bytes = random(3_000_000, 4);
  const target = cut(bytes, 64);
  const { delivery, layoutRest } = wholeDelivery(put(contentOf(bytes), null), target);
  assert.equal(delivery.layout.length, limits.layoutInPutMaxBytes);
  assert.ok(layoutRest.length > 0 && layoutRest.every(({ length }) => length <= limits.frameSizeMaxBytes));
  assert.equal(delivery.chunksDigest, listDigest(target));
  const reader = new LayoutReader(bytes.length, []);
  for (const part of [delivery.layout, ...layoutRest]) reader.push(part);
  assert.deepEqual(reader.layout?.ends, target.ends);
});
