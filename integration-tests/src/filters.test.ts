import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { treeDifferences } from './harness/compare.js';
import { dir, file, plant } from './harness/tree.js';
import { assertMirrored, mustSucceed, mustSync, pairedWorld, type World } from './harness/world.js';

function namesBelow(root: string): string[] {
  return (readdirSync(root, { recursive: true }) as string[]).sort();
}

/** What a sync must leave: on the mirror exactly these paths, and each equal to the source's where that has it unchanged. */
function assertMirrorHolds(world: World, ...paths: readonly string[]): void {
  assert.deepEqual(namesBelow(world.mirror), [...paths].sort());
}

/** Mirrored whole, then ignored: `*.tmp`, and the folder `cache`. */
async function worldWithKept(t: TestContext): Promise<World> {
  const world = await pairedWorld(t, {
    plant: (tree) =>
      plant(
        tree,
        file('a.tmp', 'scratch'),
        file('photo', 'light'),
        dir('album', [file('b.tmp', 'more scratch'), file('c', 'c'), dir('cache', [file('x', 'x'), file('y', 'y')])]),
      ),
  });
  await mustSync(world);
  assertMirrored(world.tree, world.mirror);
  writeFileSync(join(world.tree, '.btsootignore'), '*.tmp\ncache/\n');
  return world;
}

const KEPT = [
  'a.tmp',
  'album',
  'album/b.tmp',
  'album/c',
  'album/cache',
  'album/cache/x',
  'album/cache/y',
  'photo',
  '.btsootignore',
];

test('what is ignored from the start is never sent, and a .btsootignore is mirrored as any file', async (t) => {
  const world = await pairedWorld(t, {
    plant: (tree) =>
      plant(
        tree,
        file('.btsootignore', '*.jp\u00e9\n!z.jp\u00e9\n'),
        file('a.jp\u00e9', '1'),
        file('z.jp\u00e9', '2'),
        file(Buffer.from([0xff, 0x0a]), '3'),
        dir('sub', [file('.btsootignore', '/only-here\n'), file('only-here', '4'), dir('deep', [file('only-here', '5')])]),
        dir('thumbs', [file('t', '6')]),
      ),
  });
  world.source.configureRaw('blocks.photos', 'ignore', '["/thumbs/"]');
  const planned = await world.source.run('sync', 'photos', '--dry-run');
  assert.match(planned.stdout, /3 entries ignored/);
  const { outcome } = await mustSync(world);
  assert.equal(outcome.ignored, 3);
  for (const path of ['a.jp\u00e9', 'sub/only-here', 'thumbs']) rmSync(join(world.tree, path), { recursive: true });
  assert.deepEqual(
    treeDifferences(world.tree, world.mirror, { roots: false }).filter((line) => !line.includes('modified at')),
    [],
  );
});

test('what becomes ignored stays on the remote as it was, a sync with nothing to do stays one call, and status tells', async (t) => {
  const world = await worldWithKept(t);
  const quiet = await mustSync(world);
  assert.equal(quiet.outcome.plan?.summary['keptEntries'], 5);
  assertMirrorHolds(world, ...KEPT);
  const before = await mustSync(world);
  assert.equal(before.outcome.kind, 'unchanged');
  rmSync(join(world.tree, 'a.tmp'));
  writeFileSync(join(world.tree, 'album/b.tmp'), 'the remote does not follow');
  writeFileSync(join(world.tree, 'album/cache/z'), 'nor here');
  const again = await mustSync(world);
  assert.equal(again.outcome.kind, 'done', 'the root and the album have another time');
  assert.equal(again.outcome.sentBytes, 0);
  assertMirrorHolds(world, ...KEPT);
  assert.equal(readFileSync(join(world.mirror, 'album/b.tmp'), 'utf8'), 'more scratch');
  const idle = await mustSync(world);
  assert.equal(idle.outcome.kind, 'unchanged');
  assert.ok(idle.wireBytes <= before.wireBytes + 40, `${idle.wireBytes} bytes against ${before.wireBytes}`);
  assert.ok(idle.wireBytes < 6_000, `${idle.wireBytes} bytes for nothing to do`);
  assert.match((await world.source.mustRun('status')).stdout, /5 ignored entries kept on the remote/);
  assert.match((await world.source.mustRun('sync', 'photos')).stdout, /5 ignored entries kept on the remote/);
});

test('a folder that holds something kept: what is deleted in it goes, renamed it takes it along, deleted it takes it to history', async (t) => {
  const world = await worldWithKept(t);
  await mustSync(world);
  rmSync(join(world.tree, 'album/c'));
  renameSync(join(world.tree, 'album'), join(world.tree, 'book'));
  const { outcome } = await mustSync(world);
  assert.equal(outcome.sentBytes, 0);
  const kept = KEPT.filter((path) => path !== 'album/c');
  assertMirrorHolds(world, ...kept.map((path) => path.replace('album', 'book')));
  rmSync(join(world.tree, 'book'), { recursive: true });
  await mustSync(world);
  assertMirrorHolds(world, '.btsootignore', 'a.tmp', 'photo');
});

test('into and out of what is ignored: by a rename, and by a pattern that goes', async (t) => {
  const world = await worldWithKept(t);
  await mustSync(world);
  renameSync(join(world.tree, 'a.tmp'), join(world.tree, 'a.txt'));
  const out = await mustSync(world);
  assert.equal(out.outcome.sentBytes, 0, 'the content is there already');
  assertMirrorHolds(world, ...KEPT, 'a.txt');
  renameSync(join(world.tree, 'a.txt'), join(world.tree, 'a.tmp'));
  await mustSync(world);
  assertMirrorHolds(world, ...KEPT);
  writeFileSync(join(world.tree, 'album/b.tmp'), 'changed while it was ignored');
  writeFileSync(join(world.tree, '.btsootignore'), '# nothing\n');
  const { outcome } = await mustSync(world);
  assert.equal(outcome.plan?.summary['put'], 2);
  assert.equal(outcome.plan?.summary['keptEntries'], 0);
  assertMirrored(world.tree, world.mirror);
});

test('ignored = "remove" takes what is ignored out of the mirror, into history, and the guard counts it', async (t) => {
  const world = await worldWithKept(t);
  world.source.configure('blocks.photos', 'ignored', 'remove');
  world.source.configure('blocks.photos', 'guard_entries', 4);
  const refused = await world.source.json('sync', 'photos');
  assert.equal(refused.status, 3, refused.output);
  assertMirrorHolds(world, ...KEPT.filter((path) => path !== '.btsootignore'));
  world.source.configure('blocks.photos', 'guard_entries', 5);
  const { outcome } = await mustSync(world);
  assert.equal(outcome.plan?.summary['removedEntries'], 5);
  assertMirrorHolds(world, '.btsootignore', 'album', 'album/c', 'photo');
  const to = join(world.directory, 'back');
  mustSucceed(await world.source.json('restore', 'photos', '--at', '1', '--to', to));
  assert.equal(readFileSync(join(to, 'album/cache/x'), 'utf8'), 'x');
});

test('a .btsootignore that cannot be read neither sends nor removes anything in its folder', async (t) => {
  const world = await pairedWorld(t, {
    plant: (tree) =>
      plant(tree, dir('f', [file('.btsootignore', '*.tmp\n'), file('a', 'a'), file('secret.tmp', 's')]), file('g', 'g')),
  });
  await mustSync(world);
  rmSync(join(world.tree, 'f/.btsootignore'));
  rmSync(join(world.tree, 'f/a'));
  symlinkSync('/nowhere', join(world.tree, 'f/.btsootignore'));
  writeFileSync(join(world.tree, 'g'), 'new');
  const run = await world.source.json('sync', 'photos');
  assert.equal(run.status, 4, run.output);
  assert.match(run.outcome?.problems[0]?.message ?? '', /\.btsootignore is a symbolic link/);
  assertMirrorHolds(world, 'f', 'f/.btsootignore', 'f/a', 'g');
  assert.equal(readFileSync(join(world.mirror, 'g'), 'utf8'), 'new');
});

test('restore: what the remote keeps comes back when asked for, and no local file goes because it is ignored', async (t) => {
  const world = await worldWithKept(t);
  await mustSync(world);
  plant(world.tree, dir('mine', [file('local.tmp', 'only here')]));
  writeFileSync(join(world.tree, 'album/cache/z'), 'only here');
  rmSync(join(world.tree, 'album/cache/x'));
  writeFileSync(join(world.tree, 'a.tmp'), 'newer scratch');
  rmSync(join(world.tree, 'photo'));
  const run = await world.source.json('restore', 'photos', '--delete');
  assert.ok(run.outcome !== undefined, run.output);
  const read = (path: string) => readFileSync(join(world.tree, path), 'utf8');
  assert.equal(read('photo'), 'light');
  assert.equal(read('album/cache/x'), 'x');
  assert.equal(read('album/cache/z'), 'only here');
  assert.equal(read('mine/local.tmp'), 'only here');
  assert.equal(read('a.tmp'), 'newer scratch', 'what only this side has is spared');
  assert.ok(
    run.outcome.problems.some(({ path }) => path === 'a.tmp'),
    run.output,
  );
  const forced = await world.source.json('restore', 'photos', 'a.tmp', '--force');
  assert.equal(forced.status, 0, forced.output);
  assert.equal(read('a.tmp'), 'scratch');
  const after = await mustSync(world);
  assert.equal(after.outcome.sentBytes, 0);
  assert.ok(existsSync(join(world.mirror, 'album/cache/y')));
});

test('check-ignore names the rule', async (t) => {
  const world = await worldWithKept(t);
  world.source.configureRaw('blocks.photos', 'ignore', '["/album/c"]');
  plant(join(world.tree, 'album'), file('.btsootignore', '\n!b.tmp\n'));
  const said = async (...paths: string[]) => (await world.source.mustRun('check-ignore', 'photos', ...paths)).stdout.split('\n');
  assert.deepEqual(
    await said('a.tmp', 'album/b.tmp', 'album/cache/x', 'album/c', 'photo', 'gone/cache/', join(world.tree, 'photo')),
    [
      'a.tmp: ignored by .btsootignore:1: *.tmp',
      'album/b.tmp: not ignored, for album/.btsootignore:2: !b.tmp',
      'album/cache/x: its folder album/cache is ignored by .btsootignore:2: cache/',
      'album/c: ignored by the settings of the block:1: /album/c',
      'photo: not ignored',
      'gone/cache: ignored by .btsootignore:2: cache/',
      'photo: not ignored',
      '',
    ],
  );
});
