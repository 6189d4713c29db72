import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { dir, file, link, plant } from './harness/tree.js';
import { mustSucceed, mustSync, pairedWorld, type World } from './harness/world.js';

/* What a person can see of the past from the command line, and how it comes back. */

interface Version {
  readonly fromSession: number;
  readonly toSession: number;
  readonly current: boolean;
  readonly path: string;
  readonly elsewhere: boolean;
  readonly kind: string;
  readonly sizeBytes?: number;
  readonly restore: readonly string[];
}

/**
 * Session 1: `2023/june` is "one", and `link`. 2: it is "second". 3: its folder is `summer`. 4: the folder is removed, with
 * the link. 5: another file is at `2023/june`.
 */
async function worldWithPast(t: TestContext): Promise<World> {
  const world = await pairedWorld(t, {
    plant: (tree) =>
      plant(tree, dir('2023', [file('june', 'one'), file('july', 'stays')]), link('link', 'to'), file('note', 'a note')),
  });
  const { tree } = world;
  const changes = [
    () => undefined,
    () => writeFileSync(join(tree, '2023/june'), 'second'),
    () => renameSync(join(tree, '2023'), join(tree, 'summer')),
    () => {
      rmSync(join(tree, 'summer'), { recursive: true });
      rmSync(join(tree, 'link'));
    },
    () => {
      mkdirSync(join(tree, '2023'));
      writeFileSync(join(tree, '2023/june'), 'the third');
    },
  ];
  for (const [index, change] of changes.entries()) {
    change();
    assert.equal((await mustSync(world)).outcome.session, index + 1);
  }
  return world;
}

async function versionsOf(world: World, path: string): Promise<readonly Version[]> {
  const run = await world.source.json('history', 'photos', path);
  const found = run.events.find(({ kind }) => kind === 'history');
  assert.ok(found !== undefined, run.output);
  return found['versions'] as Version[];
}

async function foldersAreListed(world: World): Promise<void> {
  const listed = async (...args: string[]): Promise<string[]> => {
    const { events } = await world.source.json('ls', 'photos', ...args);
    return events
      .filter(({ kind }) => kind === 'entry')
      .map((event) => `${event['path']} ${event['sizeBytes'] ?? event['type']}`);
  };
  assert.deepEqual(await listed(), ['2023 directory', 'note 6']);
  assert.deepEqual(await listed('--recursive'), ['2023 directory', 'note 6', '2023/june 9']);
  assert.deepEqual(await listed('note'), ['note 6']);
  assert.deepEqual(await listed('--at', '3'), ['link symlink', 'note 6', 'summer directory']);
  assert.deepEqual(await listed('--at', '3', 'summer'), ['summer/july 5', 'summer/june 6']);
  assert.deepEqual(await listed('--at', '3', '-R', 'link'), ['link symlink']);
  assert.deepEqual(await listed('--at', '4'), ['note 6']);

  const { stdout } = await world.source.mustRun('ls', 'photos', '--at', '1');
  const lines = stdout.trimEnd().split('\n');
  for (const [index, end] of ['2023/', 'link -> to', 'note'].entries()) {
    const line = lines[index] ?? '';
    assert.match(line, /^ +(-|6 B) +\d{4}-\d\d-\d\d \d\d:\d\d +/);
    assert.ok(line.endsWith(`  ${end}`), line);
  }
  for (const args of [['summer'], ['note/below'], ['2023', '--at', '4']]) {
    const { status, stderr } = await world.source.run('ls', 'photos', ...args);
    assert.equal(status, 1);
    assert.match(stderr, /the remote (has|had) no (summer|note\/below|2023)/);
  }
}

async function sessionsAreListed(world: World): Promise<void> {
  const { stdout } = await world.source.mustRun('history', 'photos');
  const lines = stdout.trimEnd().split('\n');
  assert.match(lines[0] ?? '', /^photos: 5 sessions kept; \d+ old versions, about \d+ B$/);
  assert.match(lines[1] ?? '', /^ {2}5 +\d{4}-\d\d-\d\d \d\d:\d\d \(just now\) +nas +2 added.*\(9 B\)$/);
  assert.match(lines[2] ?? '', /^ {2}4 .* 2 removed/);
  assert.match(lines[3] ?? '', /^ {2}3 .* 1 moved/);
  assert.match(lines[4] ?? '', /^ {2}2 .* 1 changed.*\(6 B\)/);
  assert.match(lines[5] ?? '', /^ {2}1 .* 5 added.* \(14 B\)/);
  assert.match(lines[6] ?? '', /btsoot restore photos --at 4 --dry-run/);

  assert.match(
    (await world.source.mustRun('status')).stdout,
    /\n {8}history: 5 sessions since .*, \d+ old versions, about \d+ B\n/,
  );
  const run = await world.source.json('history', 'photos');
  const sessions = run.events.find(({ kind }) => kind === 'history')?.['sessions'] as { number: number; cutOff: boolean }[];
  assert.deepEqual(
    sessions.map(({ number, cutOff }) => [number, cutOff]),
    [5, 4, 3, 2, 1].map((number) => [number, false]),
  );
}

async function pathsAreFollowed(world: World): Promise<void> {
  const versions = await versionsOf(world, '2023/june');
  assert.deepEqual(
    versions.map(({ fromSession, toSession, current, path, sizeBytes, elsewhere }) => [
      `${fromSession}-${toSession}`,
      current,
      path,
      sizeBytes,
      elsewhere,
    ]),
    [
      ['5-5', true, '2023/june', 9, false],
      ['3-3', false, 'summer/june', 6, true],
      ['2-2', false, '2023/june', 6, false],
      ['1-1', false, '2023/june', 3, false],
    ],
  );
  assert.deepEqual(
    await versionsOf(world, 'summer/june'),
    versions.slice(1).map((one) => ({ ...one, elsewhere: !one.elsewhere })),
  );
  for (const [index, content] of ['the third', 'second', 'second', 'one'].entries()) {
    const { restore = [], path = '' } = versions[index] ?? {};
    assert.equal(restore[0], 'btsoot');
    const to = join(world.directory, `restored ${index}`);
    mustSucceed(await world.source.json(...restore.slice(1), '--to', to));
    assert.equal(readFileSync(join(to, path), 'utf8'), content);
    assert.deepEqual(readdirSync(to, { recursive: true }).length, 2, 'the folder and the file');
  }

  const { stdout } = await world.source.mustRun('history', 'photos', join(world.tree, '2023/june'));
  assert.match(stdout, /^photos: 2023\/june: 4 versions\n {2}since session 5 +9 B /);
  assert.match(stdout, /\n {2}session 3 +6 B .* [0-9a-f]{12} +as summer\/june\n/);
  assert.match(stdout, /Get one back with: btsoot restore photos summer\/june --at 3\n$/);
  assert.match((await world.source.mustRun('history', 'photos', 'link')).stdout, /sessions 1 to 3 +symlink .*-> to/);
  assert.match((await world.source.mustRun('history', 'photos', 'summer')).stdout, /session 3 +folder/);
}

async function unknownIsSaid(world: World): Promise<void> {
  const unknown = await world.source.run('history', 'photos', 'no/such');
  assert.equal(unknown.status, 1);
  assert.match(unknown.stdout, /photos: no\/such: no session that is kept has it/);
  const outside = await world.source.run('history', 'photos', '../secret');
  assert.equal(outside.status, 2);
  assert.match(outside.stderr, /is not inside of the block/);
  assert.equal((await world.source.run('history', 'nothing')).status, 2);
}

async function cutOffIsMarked(world: World): Promise<void> {
  plant(world.tree, file('small', 'came first'), file('large', Buffer.alloc(3_000_000, 'x')));
  writeFileSync(join(world.tree, 'noise'), Buffer.from(Array.from({ length: 6_000_000 }, (_, index) => (index * index) >> 7)));
  world.proxy.reset();
  const sync = world.source.start('sync', 'photos', '--retries', '0');
  await world.proxy.reached(60_000);
  await sync.stop('SIGKILL');
  await mustSync(world);
  const run = await world.source.json('history', 'photos');
  const sessions = run.events.find(({ kind }) => kind === 'history')?.['sessions'] as { cutOff: boolean }[];
  // The cut may have come before anything was committed.
  assert.ok(sessions.length === 6 || sessions.slice(1).some(({ cutOff }) => cutOff), run.output);
  assert.equal(sessions[0]?.cutOff, false);
}

async function momentsAreAnswered(world: World): Promise<void> {
  const restore = (...args: string[]) => world.source.run('restore', 'photos', '--to', join(world.directory, 'to'), ...args);
  const cases: [string, number, RegExp][] = [
    ['99', 1, /there was no session 99 yet\n.*The oldest session that is kept is 1, of .*; the newest is 5, of /],
    ['2020-01-01', 1, /history does not reach back to 2020-01-01 23:59\n.*oldest session that is kept is 1/],
    ['0', 2, /"0" is neither a session's number nor a time/],
    ['2026-02-31', 2, /is neither a session's number nor a time/],
    ['yesterday', 2, /neither a session's number nor a time\n.*Write 2026-01-31/],
  ];
  for (const [moment, status, message] of cases) {
    const run = await restore('--at', moment);
    assert.match(run.stderr, message);
    assert.equal(run.status, status, moment);
    assert.equal(existsSync(join(world.directory, 'to')), false, 'nothing is made');
  }
  const future = await restore('--at', '2199-12-31');
  assert.equal(future.status, 0);
  assert.match(future.stdout, /2199-12-31 23:59 is in the future: the newest state, that after session 5, which ended /);
  const today = new Date();
  const date = `${today.getFullYear()}-${String(today.getMonth() + 1).padStart(2, '0')}-${String(today.getDate()).padStart(2, '0')}`;
  const now = await restore('--at', date);
  assert.doesNotMatch(now.stdout, /future/);
  assert.match(now.stdout, /the newest state, that after session 5/);

  const gone = await restore('link', '--at', '5');
  assert.equal(gone.status, 1);
  assert.match(gone.stderr, /link is not in the backup at that time\n.*btsoot history BLOCK PATH/);
  const planned = await restore('link', 'summer', '--at', '3', '--dry-run');
  assert.match(planned.stdout, /would do this:\n {2}as after session 3, which ended .*\n.*\+ /);
  assert.equal(existsSync(join(world.directory, 'to', 'link')), false);
  assert.equal((await restore('link', 'summer/june', '--at', '3')).status, 0);
  assert.equal(readFileSync(join(world.directory, 'to/summer/june'), 'utf8'), 'second');
}

test('what the command line says of the past', async (t) => {
  const world = await worldWithPast(t);
  await t.test('the sessions are listed, and what each of them did', () => sessionsAreListed(world));
  await t.test('folders are listed as they are and as they were', () => foldersAreListed(world));
  await t.test('a path is followed through renames and removals, and each version comes back', () => pathsAreFollowed(world));
  await t.test('what no kept session has is said, and so is a path that leads out of the block', () => unknownIsSaid(world));
  await t.test('restore --at: each moment is answered for what it is', () => momentsAreAnswered(world));
  await t.test('a session that was cut off is marked', () => cutOffIsMarked(world));
});

test('a block that was never synced has no history, and says so', async (t) => {
  const world = await pairedWorld(t, { plant: (tree) => plant(tree, file('a', '1')) });
  const { stdout } = await world.source.mustRun('history', 'photos');
  assert.match(stdout, /photos: no session is kept: it was never synced/);
  assert.equal((await world.source.run('history', 'photos', 'a')).status, 1);
});
