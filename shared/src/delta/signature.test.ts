import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Matcher } from './matcher.js';
import { readSignature, SignatureMaker, signatureSizeBytes } from './signature.js';
import { applyOps, literalBytes, literalsOf, matchAll, refusesOrSucceeds, sourceOf, wholeSource } from './testing.js';
import { corruption, noise, versions } from './testing-arbitraries.js';

const blockSize = fc.constantFrom(64, 128, 1024);

test('patch(old, delta(signature(old), new)) is new', () => {
  fc.assert(
    fc.property(versions(200_000), blockSize, fc.integer({ min: 1, max: 100_000 }), ({ old, target }, blockBytes, pieceBytes) => {
      const ops = matchAll(wholeSource(old, blockBytes), target, pieceBytes);
      assert.ok(applyOps(ops, [old], literalsOf(ops, target)).equals(target));
      assert.deepEqual(ops, matchAll(wholeSource(old, blockBytes), target));
    }),
    { numRuns: 150 },
  );
});

test('several stretches of several bases, cut anywhere', () => {
  const twoBases = fc.tuple(versions(50_000), versions(50_000), fc.nat(1000), fc.nat(1000));
  fc.assert(
    fc.property(twoBases, ([a, b, cutFront, cutBack]) => {
      const sources = [a.old, b.old].flatMap((old, basis) => {
        const lengthBytes = old.length - cutFront - cutBack;
        return lengthBytes > 0 ? [sourceOf(basis, old, { from: cutFront, lengthBytes, blockBytes: 128 })] : [];
      });
      const target = Buffer.concat([a.target, b.target, a.target]);
      const ops = matchAll(sources, target, 10_000);
      assert.ok(applyOps(ops, [a.old, b.old], literalsOf(ops, target)).equals(target));
    }),
    { numRuns: 60 },
  );
});

test('a signature is the same however its bytes come', () => {
  const bytes = noise(10_000, 1);
  const region = { from: 100, lengthBytes: 9_000, blockBytes: 256 };
  const whole = new SignatureMaker(region);
  whole.update(bytes.subarray(100, 9_100));
  for (const pieceBytes of [1, 7, 255, 256, 257, 4_000]) {
    const maker = new SignatureMaker(region);
    for (let at = 100; at < 9_100; at += pieceBytes) maker.update(bytes.subarray(at, Math.min(at + pieceBytes, 9_100)));
    assert.ok(maker.finish().equals(whole.finish()));
  }
});

test('a signature can be taken in parts while its bytes come', () => {
  const bytes = noise(10_000, 2);
  const region = { from: 100, lengthBytes: bytes.length, blockBytes: 256 };
  const whole = new SignatureMaker(region);
  whole.update(bytes);
  const maker = new SignatureMaker(region);
  const parts = [0, 1, 100, 101, 3_000, 9_999].map((at, index, all) => {
    maker.update(bytes.subarray(at, all[index + 1]));
    return maker.take();
  });
  assert.equal(parts[0]?.length, 0);
  assert.ok(Buffer.concat([...parts, maker.finish()]).equals(whole.finish()));
});

test('a byte that changed costs one block at most', () => {
  const old = noise(100_000, 2);
  for (const at of [0, 1, 63, 50_000, 65_535, 65_536, 99_999]) {
    const target = Buffer.from(old);
    target[at] = (old[at] ?? 0) ^ 1;
    assert.ok(literalBytes(matchAll(wholeSource(old, 512), target)) <= 512);
  }
});

test('a byte that was put in or taken out costs two blocks at most', () => {
  const old = noise(100_000, 3);
  for (const at of [0, 1, 511, 512, 50_000, 99_999]) {
    const more = Buffer.concat([old.subarray(0, at), Buffer.from('+'), old.subarray(at)]);
    const less = Buffer.concat([old.subarray(0, at), old.subarray(at + 1)]);
    for (const target of [more, less]) assert.ok(literalBytes(matchAll(wholeSource(old, 512), target)) <= 1_024);
  }
});

test('pages that are written over cost exactly themselves, wherever the region is cut', () => {
  const old = noise(40 * 4_096, 4);
  const target = Buffer.from(old);
  for (const page of [3, 4, 17, 30]) noise(4_096, 100 + page).copy(target, page * 4_096);
  const [from, end] = [5_000, 150_000];
  const sources = [sourceOf(0, old, { from, lengthBytes: end - from, blockBytes: 1_024 })];
  const ops = matchAll(sources, target.subarray(from, end));
  assert.deepEqual(
    ops.map(({ kind, lengthBytes }) => (kind === 'literal' ? lengthBytes : 0)).filter((lengthBytes) => lengthBytes > 0),
    [2 * 4_096, 4_096, 4_096],
  );
  assert.ok(ops.every((op) => op.kind !== 'copy' || op.basis === 0));
});

test('the short first block is found behind what was put in before it', () => {
  const old = noise(10_000, 5);
  const sources = [sourceOf(0, old, { from: 1_000, lengthBytes: 9_000, blockBytes: 512 })];
  const ops = matchAll(sources, Buffer.concat([noise(700, 6), old.subarray(1_000)]));
  assert.deepEqual(ops, [
    { kind: 'literal', lengthBytes: 700 },
    { kind: 'copy', basis: 0, from: 1_000, lengthBytes: 9_000 },
  ]);
});

test('equal blocks are copied from where the copies before go on', () => {
  const page = noise(256, 7);
  const old = Buffer.concat([page, page, noise(256, 8), page, page, page]);
  const target = Buffer.from(old);
  noise(256, 9).copy(target, 256);
  assert.deepEqual(matchAll(wholeSource(old, 256), target), [
    { kind: 'copy', basis: 0, from: 0, lengthBytes: 256 },
    { kind: 'literal', lengthBytes: 256 },
    { kind: 'copy', basis: 0, from: 512, lengthBytes: 1_024 },
  ]);
});

test('a damaged signature is refused, or leads to other ops that cover the file', () => {
  fc.assert(
    fc.property(versions(20_000), blockSize, corruption, ({ old, target }, blockBytes, corrupt) => {
      const region = { from: 0, lengthBytes: Math.max(old.length, 1), blockBytes };
      const maker = new SignatureMaker(region);
      maker.update(Buffer.concat([old, Buffer.alloc(region.lengthBytes - old.length)]));
      refusesOrSucceeds(() => {
        const signature = readSignature(region, corrupt(maker.finish()));
        const ops = matchAll([{ basis: 0, signature }], target);
        assert.equal(
          ops.reduce((sum, op) => sum + op.lengthBytes, 0),
          target.length,
        );
        assert.ok(ops.every((op) => op.kind !== 'copy' || op.from + op.lengthBytes <= region.lengthBytes));
      }, 'invalid');
    }),
    { numRuns: 150 },
  );
});

test('a signature with a wrong length or impossible blocks is refused', () => {
  for (const blockBytes of [0, 1, 32, 100, 131_072, Number.NaN]) {
    assert.throws(() => readSignature({ from: 0, lengthBytes: 1_000, blockBytes }, Buffer.alloc(10)), { kind: 'invalid' });
  }
  const region = { from: 0, lengthBytes: 1_000, blockBytes: 64 };
  assert.throws(() => readSignature(region, Buffer.alloc(signatureSizeBytes(region) + 1)), { kind: 'invalid' });
});

/** Each block with another strong sum, and all with the weak sum of the zeros that are searched. */
test('a signature that is made to be searched in vain is given up', () => {
  const region = { from: 0, lengthBytes: 64 * 65_536, blockBytes: 65_536 };
  const maker = new SignatureMaker({ ...region, lengthBytes: 65_536 });
  maker.update(Buffer.alloc(65_536));
  const weak = maker.finish().subarray(0, 4);
  const entries = Array.from({ length: 64 }, (_, index) => {
    const entry = Buffer.alloc(signatureSizeBytes(region) / 64, index + 1);
    weak.copy(entry);
    return entry;
  });
  const matcher = new Matcher([{ basis: 0, signature: readSignature(region, Buffer.concat(entries)) }]);
  matcher.push(Buffer.alloc(8 * 1024 * 1024));
  assert.deepEqual(matcher.finish(), [{ kind: 'literal', lengthBytes: 8 * 1024 * 1024 }]);
  assert.ok(matcher.futileBytes <= 64 * 1024 * 1024);
});

test('without signatures all is literal, and their block sizes may not differ', () => {
  assert.deepEqual(matchAll([], noise(1_000, 10)), [{ kind: 'literal', lengthBytes: 1_000 }]);
  assert.deepEqual(new Matcher([]).finish(), []);
  const bytes = noise(1_000, 11);
  assert.throws(() => new Matcher([...wholeSource(bytes, 64), ...wholeSource(bytes, 128)]), { kind: 'internal' });
});
