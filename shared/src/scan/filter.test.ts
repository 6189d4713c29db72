import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, renameSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { PatternList } from '../filter/pattern-list.js';
import { Rules } from '../filter/rules.js';
import { LIMBO_ID } from '../manifest/manifest.js';
import { limits } from '../model/limits.js';
import { Place } from './fixture.js';
import type { ScanFilter } from './scan.js';

function filter(...patterns: string[]): ScanFilter {
  const rules = Rules.ofBlock(patterns.length === 0 ? null : new PatternList('the block', patterns));
  return { rules, except: null, leftOutIsUnknown: false };
}

function paths(place: Place): string[] {
  return [...place.known().keys()].filter((path) => path !== '');
}

test('what is ignored has no row, and an ignored folder is not looked into', async (t) => {
  const place = new Place(t);
  place.write('.btsootignore', '*.tmp\n/cache/\n!keep.tmp\n');
  place.write('a.tmp', '1');
  place.write('keep.tmp', '2');
  place.write('cache/x', '3');
  place.write('sub/cache/y', '4');
  place.write('sub/.btsootignore', 'y\n!b.tmp\n');
  place.write('sub/b.tmp', '5');
  await place.calm();
  const summary = await place.scan({ filter: filter() });
  assert.deepEqual(paths(place), ['.btsootignore', 'keep.tmp', 'sub', 'sub/.btsootignore', 'sub/b.tmp', 'sub/cache']);
  assert.equal(summary.ignored, 3);
  assert.equal(summary.entries, 6);
  assert.deepEqual(summary.problems, []);
});

test('a scan without a filter, as a mirror has it, takes a .btsootignore for a file', async (t) => {
  const place = new Place(t);
  place.write('.btsootignore', '*\n');
  place.write('a', '1');
  await place.scanCalmly();
});

test('a pattern that changes counts at once, and only folders that it concerns are compared', async (t) => {
  const place = new Place(t);
  for (let folder = 0; folder < 20; folder++) place.write(`f${folder}/a.txt`, `${folder}`);
  place.write('f3/b.log', 'x');
  await place.calm();
  await place.scan({ filter: filter() });
  const hashed = async (...patterns: string[]) => (await place.scan({ filter: filter(...patterns) })).hashedFiles;
  const writtenBefore = place.manifest.rowsWritten();
  assert.equal(await hashed('*.tmp'), 0);
  assert.equal(place.manifest.rowsWritten(), writtenBefore, 'a pattern that concerns nothing writes nothing');
  assert.equal(await hashed('*.log'), 0);
  assert.equal(place.row('f3/b.log'), undefined);
  const written = place.manifest.rowsWritten() - writtenBefore;
  assert.ok(written < 12, `${written} rows written for one file`);
  assert.equal(await hashed(), 1, 'what is taken in again is read');
  assert.ok(place.row('f3/b.log'));
  assert.deepEqual(place.manifest.rows(LIMBO_ID), []);
});

test('a folder that moves is judged where it is now', async (t) => {
  const place = new Place(t);
  place.write('.btsootignore', '/b/x/secret\n');
  place.write('a/x/secret', '1');
  mkdirSync(place.at('b'));
  await place.calm();
  await place.scan({ filter: filter() });
  assert.ok(place.row('a/x/secret'));
  renameSync(place.at('a/x'), place.at('b/x'));
  await place.calm();
  const summary = await place.scan({ filter: filter() });
  assert.equal(place.row('b/x/secret'), undefined);
  assert.ok(place.row('b/x'));
  assert.equal(summary.hashedFiles, 0);
  renameSync(place.at('b/x'), place.at('a/x'));
  await place.calm();
  await place.scan({ filter: filter() });
  assert.ok(place.row('a/x/secret'));
});

test('a file that is renamed into what is ignored goes, and one that is renamed out of it comes', async (t) => {
  const place = new Place(t);
  place.write('.btsootignore', '*.tmp\n');
  place.write('a.txt', '1');
  place.write('b.tmp', '2');
  await place.calm();
  await place.scan({ filter: filter() });
  renameSync(place.at('a.txt'), place.at('a.tmp'));
  renameSync(place.at('b.tmp'), place.at('b.txt'));
  await place.calm();
  await place.scan({ filter: filter() });
  assert.deepEqual(paths(place), ['.btsootignore', 'b.txt']);
});

test('a whitelist of folders and one kind of file', async (t) => {
  const place = new Place(t);
  place.write('.btsootignore', '*\n!*/\n!*.jpg\n');
  place.write('a/b/c.jpg', '1');
  place.write('a/b/c.raw', '2');
  symlinkSync('a', place.at('link'));
  await place.calm();
  await place.scan({ filter: filter() });
  assert.deepEqual(paths(place), ['a', 'a/b', 'a/b/c.jpg']);
});

for (const [what, spoil] of [
  ['is a symlink', (place: Place) => symlinkSync('elsewhere', place.at('f/.btsootignore'))],
  ['is a folder', (place: Place) => mkdirSync(place.at('f/.btsootignore'))],
  [
    'is too large',
    (place: Place) => {
      writeFileSync(place.at('f/.btsootignore'), '');
      truncateSync(place.at('f/.btsootignore'), limits.ignoreFileMaxBytes + 1);
    },
  ],
  [
    'has too many patterns',
    (place: Place) => writeFileSync(place.at('f/.btsootignore'), 'a\n'.repeat(limits.ignorePatternsMax + 1)),
  ],
] as const) {
  test(`a .btsootignore that ${what} makes its folder unknown: nothing in it comes or goes`, async (t) => {
    const place = new Place(t);
    place.write('f/.btsootignore', '*.tmp\n');
    place.write('f/a.tmp', '1');
    place.write('f/b', '2');
    place.write('g', '3');
    await place.calm();
    await place.scan({ filter: filter() });
    rmSync(place.at('f/.btsootignore'));
    rmSync(place.at('f/b'));
    spoil(place);
    await place.calm();
    for (let round = 0; round < 2; round++) {
      const summary = await place.scan({ filter: filter() });
      assert.deepEqual(paths(place), ['f', 'f/.btsootignore', 'f/b', 'g']);
      assert.deepEqual(
        summary.problems.map(({ path, kind }) => [path, kind]),
        [['f', 'unknown']],
      );
      assert.match(summary.problems[0]?.message ?? '', /^its \.btsootignore .*: what the folder holds stays as it was$/);
    }
    const row = place.row('f');
    assert.ok(row?.kind === 'directory' && !row.complete);
    rmSync(place.at('f/.btsootignore'), { recursive: true });
    place.write('f/.btsootignore', '*.tmp\n');
    await place.calm();
    await place.scan({ filter: filter() });
    assert.deepEqual(paths(place), ['f', 'f/.btsootignore', 'g']);
    assert.equal(place.known().get('f')?.is, 'complete');
  });
}

test('a .btsootignore that nobody may read', { skip: process.geteuid?.() === 0 ? 'root reads everything' : false }, async (t) => {
  const place = new Place(t);
  place.write('f/.btsootignore', '*.tmp\n');
  place.write('f/a.tmp', '1');
  chmodSync(place.at('f/.btsootignore'), 0);
  const summary = await place.scan({ filter: filter() });
  assert.deepEqual(paths(place), ['f']);
  assert.equal(summary.problemCount, 1);
});

test('exceptions are scanned though ignored, and nothing else beside them', async (t) => {
  const place = new Place(t);
  place.write('.btsootignore', 'cache/\n');
  place.write('cache/wanted', '1');
  place.write('cache/other', '2');
  place.write('cache/sub/other', '3');
  place.write('plain', '4');
  await place.calm();
  const wanted = new Set(['cache', 'cache/wanted']);
  const rules = Rules.NONE;
  await place.scan({ filter: filter() });
  assert.equal(place.row('cache'), undefined);
  await place.scan({ filter: { rules, except: (path) => wanted.has(path), leftOutIsUnknown: true } });
  assert.deepEqual(paths(place), ['.btsootignore', 'cache', 'cache/wanted', 'plain']);
  assert.equal(place.known().get('cache')?.is, null, 'it is not all that the folder holds');
  assert.equal(place.known().get('')?.is, 'complete');
  await place.scan({ filter: { rules, except: () => false, leftOutIsUnknown: true } });
  assert.equal(place.known().get('')?.is, null);
  await place.scan({ filter: filter() });
  assert.deepEqual(paths(place), ['.btsootignore', 'plain']);
  assert.equal(place.known().get('')?.is, 'complete');
});

test('a scan that is not confirmed lets nothing go', async (t) => {
  const place = new Place(t);
  place.write('a/b', '1');
  place.write('c', '2');
  await place.scanCalmly();
  const id = place.id('a/b');
  rmSync(place.at('a'), { recursive: true });
  const confirm = () => {
    throw new Error('another disk');
  };
  await assert.rejects(place.scan({ confirm }), /another disk/);
  assert.ok(place.manifest.row(id), 'its row waits in LIMBO');
  mkdirSync(place.at('a'));
  place.write('a/b', '1');
  await place.scanCalmly();
});
