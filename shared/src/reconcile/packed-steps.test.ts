import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { byteString, type TreePath } from '../model/bytes.js';
import type { Content, Kind, Metadata } from '../model/entry.js';
import { type Expectation, inTree, type Place, type PlannedStep, type Step } from '../model/step.js';
import { PackedSteps } from './packed-steps.js';
import { Revision, revised } from './revision.js';

/** As the program's own objects are. */
const record = <T>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> =>
  fc.record<T>(model, { noNullPrototype: true });
const anyBytes = (maxLength: number) => fc.uint8Array({ maxLength }).map(byteString);
const path: fc.Arbitrary<TreePath> = fc
  .array(fc.oneof(fc.constantFrom('photos', 'photos 2019', 'caf\xc3\xa9', '\xff'), anyBytes(20)), { maxLength: 6 })
  .map((names) => names.join('/') as TreePath);
const whole = fc.maxSafeNat();
const digits = (bytes: number) =>
  fc.uint8Array({ minLength: bytes, maxLength: bytes }).map((value) => Buffer.from(value).toString('hex'));
const content: fc.Arbitrary<Content> = record({ hash: digits(16), sizeBytes: whole });
const u32 = fc.nat(0xffff_ffff);
const meta: fc.Arbitrary<Metadata> = record({
  mode: fc.nat(0o7777),
  uid: u32,
  gid: u32,
  mtimeUs: fc.maxSafeInteger(),
  xattrs: anyBytes(50),
});
const expect: fc.Arbitrary<Expectation> = record({
  kind: fc.constantFrom<Kind>('file', 'directory', 'symlink', 'special'),
  content: fc.option(content),
});
const replaces = fc.option(expect);
const place: fc.Arbitrary<Place> = fc.oneof(
  path.map(inTree),
  fc.integer({ min: 1 }).map((slot): Place => ({ area: 'stash', slot })),
);
const special = record({
  type: fc.constantFrom('fifo' as const, 'character' as const, 'block' as const),
  major: u32,
  minor: u32,
});
/** Left out, or there. */
const group = fc.option(digits(8)).map((value) => (value === null ? {} : { group: value }));
const kind = <K extends Step['kind']>(value: K) => fc.constant(value);

const step: fc.Arbitrary<Step> = fc.oneof(
  record({ kind: kind('make-directory'), path, meta }),
  record({ kind: kind('move'), from: place, to: place, expect }),
  fc.tuple(record({ kind: fc.constantFrom('put' as const, 'copy' as const), path, meta, content, replaces }), group).map(both),
  record({ kind: kind('link'), path, meta, target: anyBytes(40), replaces }),
  record({ kind: kind('hard-link'), path, existing: path, meta, content, group: digits(8), replaces }),
  record({ kind: kind('make-special'), path, meta, special, replaces }),
  fc.tuple(record({ kind: kind('set-metadata'), path, meta, expect }), group).map(both),
  record({ kind: kind('remove'), at: place, expect }),
);
const id = fc.option(fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }));
const planned: fc.Arbitrary<PlannedStep> = record({
  step,
  originId: id,
  targetId: id,
  wireBytes: whole,
  lostEntries: whole,
});
const anySteps = fc.array(planned, { maxLength: 60 });

function both<A extends object, B extends object>([a, b]: [A, B]): A & B {
  return { ...a, ...b };
}

/** A first sync's: a file of a few bytes each. */
function putOf(number: number): PlannedStep {
  const name = `group-${number % 7}/folder-${Math.floor(number / 50)}/picture-${number}.jpg`;
  const hash = number.toString(16).padStart(8, '0').repeat(4);
  const step: Step = {
    kind: 'put',
    path: name as TreePath,
    meta: { mode: 0o644, uid: 1_000, gid: 1_000, mtimeUs: 1_700_000_000_123_456 + number, xattrs: '' },
    content: { hash, sizeBytes: 40_000 + number },
    replaces: null,
  };
  return { step, originId: 1_000_000 + number, targetId: null, wireBytes: 40_000 + number, lostEntries: 0 };
}

const MANY = 5_000;
const many = (): PlannedStep[] => Array.from({ length: MANY }, (_, number) => putOf(number));

test('steps come out as they were packed, whatever they are', () => {
  fc.assert(
    fc.property(anySteps, anySteps, (steps, more) => {
      const packed = PackedSteps.joined(PackedSteps.of(steps), PackedSteps.of(more));
      const all = [...steps, ...more];
      assert.equal(packed.length, all.length);
      assert.deepEqual([...packed], all);
      assert.deepEqual([...packed.entries()], [...all.entries()]);
      assert.deepEqual(
        all.map((_, index) => packed.at(index)),
        all,
      );
      assert.equal(packed.at(all.length), undefined);
    }),
  );
});

test('many steps come out one by one and in any order, and take less than 80 bytes each', () => {
  const steps = many();
  const packed = PackedSteps.of(steps);
  assert.deepEqual([...packed], steps);
  for (let index = 0; index < MANY; index += 97) assert.deepEqual(packed.at(index), steps[index]);
  assert.deepEqual(packed.at(MANY - 1), steps.at(-1));
  assert.equal(packed.at(MANY), undefined);
  assert.ok(packed.sizeBytes < 80 * MANY, `${packed.sizeBytes / MANY} bytes a step`);
});

test('two readings at a time do not disturb each other', () => {
  const packed = PackedSteps.of(many());
  let index = 0;
  const other = packed[Symbol.iterator]();
  for (const one of packed) {
    assert.deepEqual(one, putOf(index));
    if (index % 2 === 0) assert.deepEqual(other.next().value, putOf(index / 2));
    index++;
  }
});

test('a revision without changes is the very same steps, and one with changes has all the others', () => {
  fc.assert(
    fc.property(anySteps, fc.array(fc.constantFrom('stays', 'changes', 'goes')), (steps, fates) => {
      const become = (one: PlannedStep, index: number): PlannedStep | null => {
        if (fates[index] === 'changes') return { ...one, lostEntries: 7 };
        return fates[index] === 'goes' ? null : one;
      };
      const packed = PackedSteps.of(steps);
      const expected = steps.flatMap((one, index) => become(one, index) ?? []);
      assert.deepEqual([...revised(packed, become)], expected);
      assert.deepEqual([...revised(steps, become)], expected);
      assert.equal(
        revised(packed, (one) => one),
        packed,
      );
      assert.equal(new Revision(packed).finish(), packed);
    }),
  );
});
