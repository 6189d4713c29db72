import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { HISTORY_ID } from '../manifest/manifest.js';
import { BtsootError } from '../model/errors.js';
import { limits } from '../model/limits.js';
import { inTree, type Step } from '../model/step.js';
import { bench, contentOf, copy, folder, link, META, moveFolder, path, put, removeFile, run } from './fixture.js';
import { keptPrefix } from './group-commit.js';

test('makes what a plan says, metadata included, and leaves nothing in staging', async (t) => {
  const b = bench(t);
  const { sessionNumber } = await run(b.applier(), [
    folder('a'),
    folder('a/empty'),
    put('a/f', 'hello'),
    link('a/l', '../x'),
    copy('g', 'hello'),
  ]);

  assert.equal(b.disk('a/f'), 'hello');
  assert.equal(b.disk('g'), 'hello');
  assert.equal(readlinkSync(join(b.tree, 'a/l')), '../x');
  assert.equal(lstatSync(join(b.tree, 'a'), { bigint: true }).mtimeNs / 1000n, BigInt(META.mtimeUs));
  assert.equal(lstatSync(join(b.tree, 'a/f'), { bigint: true }).mtimeNs / 1000n, BigInt(META.mtimeUs));
  assert.equal(lstatSync(join(b.tree, 'a/l'), { bigint: true }).mtimeNs / 1000n, BigInt(META.mtimeUs));
  assert.equal(lstatSync(join(b.tree, 'a/f')).mode & 0o7777, 0o644);
  assert.equal(sessionNumber, 1);
  assert.equal(b.outcomes.size, 0);
  assert.equal(b.committed.at(-1)?.steps, 5);
  b.applier().recover();
  assert.deepEqual(readdirSync(b.area.staging.path), []);
});

test('a replaced and a removed file are kept in history, byte for byte, and the manifest knows them', async (t) => {
  const b = bench(t);
  await run(b.applier(), [put('f', 'one'), put('g', 'two')]);
  await run(b.applier(), [put('f', 'one more', 'one'), removeFile('g', 'two')]);

  assert.equal(b.disk('f'), 'one more');
  assert.equal(existsSync(join(b.tree, 'g')), false);
  const kept = readdirSync(b.area.history.path).map((name) => readFileSync(join(b.area.history.path, name), 'utf8'));
  assert.deepEqual(kept.sort(), ['one', 'two']);
  assert.equal(b.manifest.rows(HISTORY_ID).length, 2);
  assert.notEqual(b.manifest.holdersOf(contentOf('two'), 1)[0], undefined);
  assert.deepEqual(
    b.manifest
      .asOf(1)
      .children(1)
      .map(({ name }) => name),
    ['f', 'g'],
  );
});

test('a manifest that was made anew overwrites no old version that it does not know', async (t) => {
  const b = bench(t);
  await run(b.applier(), [put('f', 'one'), put('g', 'two')]);
  const unknown = [1, 2, 3].map((number) => join(b.area.history.path, `2-${number}`));
  for (const file of unknown) writeFileSync(file, `what lay at ${file}`);
  await run(b.applier(), [put('f', 'one more', 'one'), removeFile('g', 'two')]);

  for (const file of unknown) assert.equal(readFileSync(file, 'utf8'), `what lay at ${file}`);
  assert.equal(b.disk('f'), 'one more');
  assert.equal(existsSync(join(b.tree, 'g')), false);
  for (const content of ['one', 'two']) assert.notEqual(b.manifest.holdersOf(contentOf(content), 1)[0], undefined);
  assert.equal(b.outcomes.size, 0);
});

test('a step that is meant for a row touches no other one that has its path by now', async (t) => {
  const b = bench(t);
  await run(b.applier(), [folder('d'), put('d/f', 'same'), folder('e'), put('e/f', 'same')]);
  const idOf = (text: string): number => b.manifest.lookup(path(text))?.id ?? assert.fail(text);
  const [other, meant] = [idOf('d'), idOf('e/f')];
  const applier = b.applier();
  // The first does not come about: what follows counted on it.
  await applier.step(...moveFolder('d', 'e'));
  const steps = [
    removeFile('d/f', 'same')[0],
    { ...put('d/f', 'new', 'same')[0], kind: 'put' },
    { kind: 'move', from: inTree(path('d/f')), to: inTree(path('g')), expect: { kind: 'file', content: null } },
    { kind: 'set-metadata', path: path('d/f'), meta: META, expect: { kind: 'file', content: contentOf('same') } },
  ] as const;
  for (const step of steps) await applier.step(step as Step, Buffer.from('new'), null, meant);
  await applier.step(...moveFolder('d', 'moved'), null, other);
  await applier.finish();
  assert.deepEqual(
    [...b.outcomes].map(([index, { kind }]) => [index, kind]),
    [0, 1, 2, 3, 4].map((index) => [index, 'drift']),
  );
  assert.equal(b.disk('moved/f'), 'same');
  assert.equal(b.disk('e/f'), 'same');
});

test('a content that was removed comes back as a local copy', async (t) => {
  const b = bench(t);
  await run(b.applier(), [put('f', 'precious')]);
  await run(b.applier(), [removeFile('f', 'precious')]);
  await run(b.applier(), [copy('again', 'precious')]);
  assert.equal(b.disk('again'), 'precious');
  assert.equal(b.outcomes.size, 0);
});

test('two folders swap through the stash, their files untouched', async (t) => {
  const b = bench(t);
  await run(b.applier(), [folder('a'), folder('b'), put('a/f', 'in a'), put('b/f', 'in b')]);
  const inode = lstatSync(join(b.tree, 'a/f')).ino;
  const stash = { area: 'stash', slot: 1 } as const;
  const expect = { kind: 'directory', content: null } as const;
  await run(b.applier(), [
    [{ kind: 'move', from: inTree(path('a')), to: stash, expect }, null],
    moveFolder('b', 'a'),
    [{ kind: 'move', from: stash, to: inTree(path('b')), expect }, null],
  ]);
  assert.equal(b.disk('b/f'), 'in a');
  assert.equal(b.disk('a/f'), 'in b');
  assert.equal(lstatSync(join(b.tree, 'b/f')).ino, inode);
  assert.deepEqual(readdirSync(b.area.stash.path), []);
});

test('a file edited by hand is neither overwritten nor removed: the step drifts, the others go on', async (t) => {
  const b = bench(t);
  await run(b.applier(), [put('f', 'one'), put('g', 'two'), put('h', 'three')]);
  writeFileSync(join(b.tree, 'f'), 'by hand');
  writeFileSync(join(b.tree, 'g'), 'by hand too');
  await run(b.applier(), [put('f', 'new', 'one'), removeFile('g', 'two'), put('h', 'new', 'three')]);

  assert.equal(b.disk('f'), 'by hand');
  assert.equal(b.disk('g'), 'by hand too');
  assert.equal(b.disk('h'), 'new');
  assert.equal(b.outcomes.get(0)?.kind, 'drift');
  assert.equal(b.outcomes.get(1)?.kind, 'drift');
  assert.equal(b.outcomes.has(2), false);
});

test('a stranger at the destination is left alone', async (t) => {
  const b = bench(t);
  writeFileSync(join(b.tree, 'f'), 'a stranger');
  await run(b.applier(), [put('f', 'ours')]);
  assert.equal(b.disk('f'), 'a stranger');
  assert.equal(b.outcomes.get(0)?.kind, 'drift');
});

test('bytes that are not what their hash says never get a name', async (t) => {
  const b = bench(t);
  const [step] = put('f', 'announced');
  await run(b.applier(), [[step, Buffer.from('different')], put('g', 'fine')]);
  assert.equal(existsSync(join(b.tree, 'f')), false);
  assert.equal(b.disk('g'), 'fine');
  assert.equal(b.outcomes.get(0)?.kind, 'mismatch');
});

test('a file in pieces is written whole; a withdrawn one leaves nothing', async (t) => {
  const b = bench(t);
  const applier = b.applier();
  const [first] = put('f', 'abcdef');
  await applier.step(first, null);
  await applier.data(Buffer.from('abc'));
  await applier.data(Buffer.from('def'));
  const [second] = put('g', 'abcdefg');
  await applier.step(second, null);
  await applier.data(Buffer.from('abc'));
  await applier.withdraw('it changed');
  await applier.step(...put('h', 'last'));
  await applier.finish();

  assert.equal(b.disk('f'), 'abcdef');
  assert.equal(existsSync(join(b.tree, 'g')), false);
  assert.equal(b.disk('h'), 'last');
  assert.deepEqual(b.outcomes.get(1), { kind: 'withdrawn', message: 'it changed' });
});

test('data and steps in the wrong order are refused', async (t) => {
  const b = bench(t);
  const applier = b.applier();
  await assert.rejects(applier.data(Buffer.from('x')), BtsootError);
  const [step] = put('f', 'ab');
  await applier.step(step, null);
  await assert.rejects(applier.step(...put('g', 'x')), BtsootError);
  await assert.rejects(applier.data(Buffer.from('abc')), BtsootError);
  await assert.rejects(applier.finish(), BtsootError);
  await applier.abort();
  assert.deepEqual(readdirSync(b.tree), []);
});

test('a step whose folder failed fails too, and says so', async (t) => {
  const b = bench(t);
  writeFileSync(join(b.tree, 'd'), 'in the way');
  await run(b.applier(), [folder('d'), put('d/f', 'x'), put('e', 'y')]);
  assert.equal(b.outcomes.get(0)?.kind, 'drift');
  assert.equal(b.outcomes.get(1)?.kind, 'drift');
  assert.equal(b.disk('e'), 'y');
});

test('a holder that was tampered with does not stand in the way of a good one', async (t) => {
  const b = bench(t);
  await run(b.applier(), [put('a', 'precious'), put('b', 'precious')]);
  writeFileSync(join(b.tree, 'a'), 'tampered');
  await run(b.applier(), [copy('c', 'precious')]);
  assert.equal(b.disk('c'), 'precious');
  assert.equal(b.outcomes.size, 0);
});

test('old versions stay readable when a copy of them fails', async (t) => {
  const b = bench(t);
  await run(b.applier(), [put('a', 'precious')]);
  await run(b.applier(), [removeFile('a', 'precious')]);
  const [kept] = b.manifest.rows(HISTORY_ID);
  writeFileSync(join(b.area.history.path, kept?.name ?? ''), 'tampered');
  await run(b.applier(), [copy('c', 'precious')]);
  assert.equal(b.outcomes.get(0)?.kind, 'drift');
  assert.notEqual(b.manifest.seen(kept?.id ?? 0), null);
});

test('a FIFO in the way of a file has nothing to lose', async (t) => {
  const b = bench(t);
  execFileSync('mkfifo', [join(b.tree, 'f')]);
  await run(b.applier(), [put('f', 'ours')]);
  assert.equal(b.disk('f'), 'ours');
});

test('where no history is kept, a folder that changed since it was looked at is not removed', async (t) => {
  const b = bench(t);
  await run(b.applier(b.manifest, null), [folder('d'), put('d/f', 'one'), folder('e')]);
  writeFileSync(join(b.tree, 'd', 'new'), 'saved meanwhile');
  const expect = { kind: 'directory', content: null } as const;
  await run(b.applier(b.manifest, null), [
    [{ kind: 'remove', at: inTree(path('d')), expect }, null],
    [{ kind: 'remove', at: inTree(path('e')), expect }, null],
  ]);
  assert.equal(b.disk('d/new'), 'saved meanwhile');
  assert.equal(b.disk('d/f'), 'one');
  assert.equal(existsSync(join(b.tree, 'e')), false);
  assert.equal(b.outcomes.get(0)?.kind, 'drift');
});

test('where no history is kept, what is left aside goes back into the tree', async (t) => {
  const b = bench(t);
  await run(b.applier(b.manifest, null), [folder('d'), put('d/f', 'only here')]);
  const applier = b.applier(b.manifest, null);
  const expect = { kind: 'directory', content: null } as const;
  await applier.step({ kind: 'move', from: inTree(path('d')), to: { area: 'stash', slot: 1 }, expect }, null);
  await applier.abort();
  const [kept, ...others] = readdirSync(b.tree);
  assert.ok(kept?.startsWith(keptPrefix));
  assert.deepEqual(others, []);
  assert.equal(b.disk(`${kept}/f`), 'only here');
});

test('a group is committed before its names outgrow the journal', async (t) => {
  const b = bench(t);
  const applier = b.applier();
  const name = (index: number) => `${'\u0001'.repeat(240)}${index}`;
  const count = Math.ceil(limits.groupNamesMaxBytes / 240);
  for (let index = 0; index < count; index++) await applier.step(...put(name(index), ''));
  assert.ok(b.committed.length > 0);
  await applier.finish();
  assert.equal(readdirSync(b.tree).length, count);
});

test('in one group, what was put is moved with its folder, replaced and put anew: rows and disk agree', async (t) => {
  const b = bench(t);
  await run(b.applier(), [folder('d'), put('d/replaced', 'old')]);
  await run(b.applier(), [
    put('d/first', 'one'),
    link('d/l', 'first'),
    moveFolder('d', 'e'),
    folder('d'),
    put('d/first', 'another one'),
    put('e/replaced', 'new', 'old'),
    put('e/second', 'two'),
    removeFile('e/first', 'one'),
    put('e/first', 'three'),
  ]);

  assert.deepEqual([...b.outcomes], []);
  assert.deepEqual(readdirSync(join(b.tree, 'd')), ['first']);
  assert.deepEqual(readdirSync(join(b.tree, 'e')).sort(), ['first', 'l', 'replaced', 'second']);
  assert.equal(b.disk('d/first'), 'another one');
  assert.equal(b.disk('e/first'), 'three');
  for (const name of ['d', 'd/first', 'e', 'e/first', 'e/l', 'e/replaced', 'e/second']) {
    const row = b.manifest.lookup(path(name));
    assert.ok(row !== undefined, name);
    const seen = b.manifest.seen(row.id);
    const { ino, ctimeNs, mtimeNs, size } = lstatSync(join(b.tree, name), { bigint: true });
    assert.deepEqual(seen && [seen.ino, seen.ctimeNs, seen.mtimeNs, seen.sizeBytes], [ino, ctimeNs, mtimeNs, size], name);
  }
});
