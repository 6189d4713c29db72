import assert from 'node:assert/strict';
import { test } from 'node:test';
import { limits } from '../model/limits.js';
import { MemoryTree, sameIds } from '../model/memory-tree.js';
import { as, dir, file, link } from '../model/sketch.js';
import { NO_IDENTITY } from '../model/tree.js';
import { type GuardFacts, type GuardVerdict, guard } from './guard.js';
import { makePlan } from './plan.js';
import { summarize } from './summary.js';

const NOTHING = summarize([], { movedBytes: 0, keptEntries: 0, removedBytes: 0 });

function verdict(facts: Partial<GuardFacts>): GuardVerdict {
  return guard({
    summary: NOTHING,
    originEntries: 100,
    targetEntries: 100,
    targetBytes: 1_000_000,
    neededBytes: 0,
    freeBytes: 1_000,
    limits: { sharePercent: limits.guardShareMaxPercent, entries: limits.guardEntriesMax },
    isAccepted: false,
    ...facts,
  });
}

function codes(facts: Partial<GuardFacts>): string[] {
  const said = verdict(facts);
  return said.kind === 'allowed' ? [] : said.reasons.map((reason) => reason.code);
}

test('a plan that loses nothing is allowed', () => {
  assert.deepEqual(verdict({}), { kind: 'allowed' });
  assert.deepEqual(verdict({ originEntries: 0, targetEntries: 0 }), { kind: 'allowed' });
});

test('20 of 100 removed at a guard of 10 % is refused, and the message names the numbers', () => {
  const said = verdict({ summary: { ...NOTHING, removedEntries: 20 }, limits: { sharePercent: 10, entries: 10_000 } });
  assert.equal(said.kind, 'refused');
  assert.equal(said.overridable, true);
  assert.deepEqual(
    said.reasons.map(({ message }) => message),
    ["The plan removes 20 entries and overwrites 0, 20 in all, 20 % of the target's 100 entries; the guard allows 10 %."],
  );
});

test('exactly the share is allowed, one entry more is not; removed and overwritten count alike', () => {
  const allowed = { sharePercent: 50, entries: 10_000 };
  assert.deepEqual(codes({ summary: { ...NOTHING, removedEntries: 25, overwrittenEntries: 25 }, limits: allowed }), []);
  assert.deepEqual(codes({ summary: { ...NOTHING, removedEntries: 25, overwrittenEntries: 26 }, limits: allowed }), ['share']);
  const odd = { targetEntries: 2_000_003, limits: { sharePercent: 7, entries: 10_000_000 } };
  assert.deepEqual(codes({ ...odd, summary: { ...NOTHING, removedEntries: 140_000 } }), []);
  assert.deepEqual(codes({ ...odd, summary: { ...NOTHING, removedEntries: 140_001 } }), ['share']);
});

test('most of a small folder may change in a day', () => {
  assert.deepEqual(codes({ summary: { ...NOTHING, overwrittenEntries: 9 }, targetEntries: 9 }), []);
  assert.deepEqual(codes({ summary: { ...NOTHING, overwrittenEntries: 10 }, targetEntries: 10 }), ['share']);
});

test('the count has its own limit, however large the target', () => {
  const targetEntries = 10_000_000;
  assert.deepEqual(codes({ summary: { ...NOTHING, removedEntries: 10_000 }, targetEntries }), []);
  assert.deepEqual(codes({ summary: { ...NOTHING, removedEntries: 10_001 }, targetEntries }), ['entries']);
});

test('an empty source never empties a target', () => {
  assert.deepEqual(codes({ originEntries: 0, targetEntries: 1, summary: { ...NOTHING, removedEntries: 1 } }), ['empty-origin']);
});

test('what a person accepts goes through, but for a lack of space', () => {
  const disaster = { originEntries: 0, summary: { ...NOTHING, removedEntries: 100 } };
  assert.deepEqual(codes(disaster), ['empty-origin', 'share']);
  assert.deepEqual(codes({ ...disaster, isAccepted: true }), []);
  const full = verdict({ neededBytes: 1_001, isAccepted: true });
  assert.ok(full.kind === 'refused' && !full.overridable && full.reasons[0]?.code === 'no-space');
  assert.match(
    full.reasons[0].message,
    /^The plan needs 1\.0 kB on the target, which has 1\.0 kB free: 1 B are missing\. Free some there/,
  );
});

test('percent are exact, also where binary fractions are not', () => {
  const at = (lost: number) =>
    codes({
      summary: { ...NOTHING, removedEntries: lost },
      targetEntries: 10_000,
      limits: { sharePercent: 0.57, entries: 10_000_000 },
    });
  assert.deepEqual(at(57), []);
  assert.deepEqual(at(58), ['share']);
});

test('contents weigh what they hold: few names, but most of the bytes', () => {
  const targetBytes = 1_000_000;
  const lost = { ...NOTHING, overwrittenEntries: 10 };
  assert.deepEqual(codes({ summary: { ...lost, lostBytes: 500_000 }, targetBytes }), []);
  assert.deepEqual(codes({ summary: { ...lost, lostBytes: 500_001 }, targetBytes }), ['contents']);
  assert.deepEqual(
    codes({ summary: { ...lost, overwrittenEntries: 9, lostBytes: 1_000_000 }, targetBytes }),
    [],
    'below the floor',
  );
});

/** A tree of folders and links around a few photos, gone over in several ways. */
function photos(rename: (name: string) => string, content: (index: number) => string, known: boolean): string[] {
  const make = (called: (name: string) => string, holds: (index: number) => string) =>
    new MemoryTree(
      as(
        1,
        dir(
          '',
          ...Array.from({ length: 20 }, (_, index) =>
            as(
              100 + index,
              dir(
                `album ${index}`,
                as(200 + index, file(called('photo.jpg'), holds(index))),
                as(300 + index, link('l', 'x')),
                as(400 + index, dir('d')),
              ),
            ),
          ),
        ),
      ),
    );
  const target = make(
    (name) => name,
    (index) => `the light of ${index}`,
  );
  const origin = make(rename, content);
  const { summary } = makePlan(origin, target, known ? sameIds(origin, target) : NO_IDENTITY);
  const { entryCount: targetEntries, totalBytes: targetBytes } = target.root();
  return codes({ summary, targetEntries, targetBytes, originEntries: origin.root().entryCount });
}

test('what ransomware does is refused, with new names or without; a mass rename is not', () => {
  for (const known of [true, false]) {
    assert.deepEqual(
      photos(
        (name) => name,
        (index) => `3ncrypt3d ${index}!!`,
        known,
      ),
      ['contents'],
      'in place',
    );
    assert.deepEqual(
      photos(
        (name) => `${name}.locked`,
        (index) => `3ncrypt3d ${index}!!`,
        known,
      ),
      ['contents'],
      'and renamed',
    );
    assert.deepEqual(
      photos(
        (name) => `${name}.locked`,
        (index) => `the light of ${index}`,
        known,
      ),
      [],
      'only renamed',
    );
  }
});
