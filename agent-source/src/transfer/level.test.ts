import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Experience, learn, NO_EXPERIENCE, type Quality, qualityFor } from './level.js';

const MIB = 1024 * 1024;
const LONG = Number.POSITIVE_INFINITY;
const AS_REFERENCE: Experience = { speed: 1, shrinking: 1 };

/** Bytes per millisecond of links that people have. */
const ADSL = 125;
const FAST_ETHERNET = 11_700;
const GIGABIT = 118_000;
const LOOPBACK = 2_000_000;

const table: readonly [string, number, number, Experience, Quality][] = [
  ['a change of a few KB, whatever the link', 10_000, LOOPBACK, NO_EXPERIENCE, 11],
  ['the last byte of a small run', 256 * 1024, ADSL, NO_EXPERIENCE, 11],
  ['one byte more', 256 * 1024 + 1, ADSL, NO_EXPERIENCE, 9],
  ['a run of 2 MiB, whatever the link', 2 * MIB, LOOPBACK, NO_EXPERIENCE, 9],
  ['a long run over a slow link', LONG, ADSL, AS_REFERENCE, 9],
  ['the same with a slow CPU', LONG, ADSL, { speed: 0.1, shrinking: 1 }, 9],
  ['100 Mbit/s', LONG, FAST_ETHERNET, AS_REFERENCE, 7],
  ['100 Mbit/s, a slow CPU', LONG, FAST_ETHERNET, { speed: 0.2, shrinking: 1 }, 3],
  ['gigabit', LONG, GIGABIT, AS_REFERENCE, 1],
  ['gigabit, a slow CPU', LONG, GIGABIT, { speed: 0.2, shrinking: 1 }, 0],
  ['gigabit, what hardly shrinks', LONG, GIGABIT, { speed: 1, shrinking: 3.2 }, 0],
  ['a link faster than any compression', LONG, LOOPBACK, AS_REFERENCE, 0],
];

for (const [what, totalBytes, wireBytesPerMs, experience, quality] of table) {
  test(`${what}: ${quality}`, () => assert.equal(qualityFor(totalBytes, wireBytesPerMs, experience), quality));
}

test('a slower link never means less compression', () => {
  for (const speed of [0.05, 0.3, 1, 4]) {
    for (const shrinking of [0.1, 1, 2]) {
      const qualities = Array.from({ length: 60 }, (_, step) => qualityFor(LONG, 10 * 1.3 ** step, { speed, shrinking }));
      assert.deepEqual(
        qualities,
        qualities.toSorted((a, b) => b - a),
      );
      assert.deepEqual([qualities[0], qualities.at(-1)], [9, 0]);
    }
  }
});

test('what a block has shown moves the estimate towards it', () => {
  let experience = NO_EXPERIENCE;
  for (let block = 0; block < 30; block += 1) {
    experience = learn(experience, { quality: 1, rawBytes: MIB, packedBytes: MIB * 0.7, tookMs: MIB / 300_000 });
  }
  assert.ok(Math.abs(experience.speed - 2) < 0.01);
  assert.ok(Math.abs(experience.shrinking - 2) < 0.01);
  const again = learn(experience, { quality: 11, rawBytes: MIB, packedBytes: 1, tookMs: 1_000 });
  assert.deepEqual(again, experience);
});
