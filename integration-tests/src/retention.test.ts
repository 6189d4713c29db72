import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { treeDifferences } from './harness/compare.js';
import { seeded } from './harness/random.js';
import { copyTree, dir, file, plant } from './harness/tree.js';
import { mustSucceed, mustSync, pairedWorld, syncAndCheck, type World } from './harness/world.js';

/* How long history is kept is the remote's to say: by its rules, by hand, and by a disk that fills up. */

const historyOf = (world: World): string => join(world.remote.root, '.btsoot/blocks/photos/history');
const configOf = (world: World): string => join(world.remote.root, '.btsoot/remote.json');

/** Three sessions, and a copy of the tree after each. */
async function threeSessions(world: World): Promise<string[]> {
  const copies: string[] = [];
  for (const content of ['one', 'second', 'the third']) {
    writeFileSync(join(world.tree, 'note'), content);
    rmSync(join(world.tree, 'folder'), { recursive: true, force: true });
    plant(world.tree, dir('folder', [file(`of ${content}`, content)]));
    await syncAndCheck(world);
    const copy = join(world.directory, `copy ${copies.length + 1}`);
    copyTree(world.tree, copy);
    copies.push(copy);
  }
  return copies;
}

test('prune lets go on the remote what it is told to, and what is left comes back exactly', async (t) => {
  const world = await pairedWorld(t, { plant: (tree) => plant(tree, file('stays', 'x')) });
  const copies = await threeSessions(world);
  const prune = (...args: string[]) => world.remote.run('prune', '--root', world.remote.root, ...args);
  const before = readdirSync(historyOf(world)).length;

  const refused = await prune('--keep-sessions', '2');
  assert.equal(refused.status, 1);
  assert.match(refused.stderr, /is in use: process \d+ serves it since/);
  const planned = await prune('--keep-sessions', '2', '--dry-run');
  assert.match(
    planned.stdout,
    /^photos: would remove 2 old versions, about 6 B; 1 session can no longer be restored; 2 can after that$/m,
  );
  assert.match((await prune('--dry-run')).stdout, /^photos: would remove nothing; 3 sessions can be restored$/m);
  const all = await prune('--keep-days', '0', '--dry-run', '--json');
  assert.deepEqual(JSON.parse(all.stdout), {
    dryRun: true,
    blocks: [{ folder: 'photos', sessionsGone: 2, sessionsLeft: 1, versions: before, bytes: 18, failed: 0 }],
  });
  assert.equal(readdirSync(historyOf(world)).length, before);

  await world.remote.stop();
  assert.match((await prune('--block', 'music')).stderr, /no block "music".*\n.*There is "photos"/);
  assert.equal((await prune('--keep-days', 'x')).status, 2);
  const pruned = await prune('--block', 'photos', '--keep-sessions', '2');
  assert.equal(pruned.status, 0, pruned.stderr);
  await world.remote.serve();

  const to = join(world.directory, 'to');
  const restore = (session: number) => world.source.json('restore', 'photos', '--to', to, '--at', String(session));
  const gone = await restore(1);
  assert.equal(gone.status, 1);
  assert.match(gone.output, /session 1 was let go: the remote keeps history only for so long.*oldest session that is kept is 2/s);
  mustSucceed(await restore(2));
  assert.deepEqual(treeDifferences(copies[1] ?? '', to), []);

  await world.remote.stop();
  await world.remote.mustRun('prune', '--root', world.remote.root, '--keep-days', '0');
  await world.remote.serve();
  assert.deepEqual(readdirSync(historyOf(world)), []);
  const status = await world.remote.run('status', '--root', world.remote.root);
  assert.match(status.stdout, /photos: .*history: 1 session/s);
  assert.equal((await mustSync(world)).outcome.kind, 'unchanged');
});

test('rules that make no sense are refused before anything is served, and let nothing go while it is', async (t) => {
  const world = await pairedWorld(t, { plant: (tree) => plant(tree, file('stays', 'x')) });
  await threeSessions(world);
  const before = readdirSync(historyOf(world)).length;
  const config = JSON.parse(readFileSync(configOf(world), 'utf8')) as object;
  writeFileSync(configOf(world), JSON.stringify({ ...config, retention: { keep_days: 0 } }, null, 2));
  writeFileSync(join(world.tree, 'note'), 'again');
  await syncAndCheck(world);
  assert.ok(readdirSync(historyOf(world)).length > before);
  await world.remote.stop();
  const refused = await world.remote.run('serve', '--root', world.remote.root);
  assert.equal(refused.status, 1);
  assert.match(refused.stderr, /remote\.json: "retention\.keep_days" must be from 1 to 36500 \(line \d+\)/);
});

const diskBytes = 40_000_000;

/** A disk of its own, where that can be had; else why not. */
function mountDisk(at: string): string | null {
  mkdirSync(at, { recursive: true });
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${diskBytes}`, 'btsoot-test', at], { stdio: 'pipe' });
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

test('a disk that fills up lets old history go in the middle of a session, and no younger than it may', async (t) => {
  let disk = '';
  let reason: string | null = null;
  try {
    const world = await pairedWorld(t, {
      plant: (tree) => {
        plant(tree, file('note', '1'));
        disk = join(tree, '../../pi');
        reason = mountDisk(disk);
      },
    });
    if (reason === null) await fillDisk(world);
    else t.skip(`no disk can be mounted here: ${reason}`);
    await world.remote.stop();
  } finally {
    // Before the folder that it lies in is removed.
    if (reason === null) execFileSync('umount', ['-l', disk]);
  }
});

async function fillDisk(world: World): Promise<void> {
  const random = seeded(1);
  const film = (name: string, megabytes: number): void =>
    writeFileSync(join(world.tree, name), random.bytes(megabytes * 1_000_000));
  const setRules = (retention: object): void => {
    const config = JSON.parse(readFileSync(configOf(world), 'utf8')) as object;
    writeFileSync(configOf(world), JSON.stringify({ ...config, retention }, null, 2));
  };

  // 24 MB of history, and 12 MB in the tree.
  for (let version = 0; version < 3; version++) {
    film('film', 12);
    await syncAndCheck(world);
  }
  setRules({ free_space_min: '1 MB', min_age_days: 1 });
  const kept = readdirSync(historyOf(world)).length;
  film('another', 12);
  const full = await world.source.json('sync', 'photos');
  assert.equal(full.status, 3, full.output);
  assert.match(full.output, /the target, which has [\d.]+ [kM]?B free/);
  assert.equal(readdirSync(historyOf(world)).length, kept, 'what is younger than a day stays');

  // From now on the disk may take all but the newest state.
  setRules({ free_space_min: '1 MB', min_age_days: 0 });
  await syncAndCheck(world);
  assert.ok(readdirSync(historyOf(world)).length < kept);
  assert.equal((await mustSync(world)).outcome.kind, 'unchanged');
}
