import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { seeded } from './harness/random.js';
import { link, plant, plantCrowd } from './harness/tree.js';
import { assertMirrored, mustSucceed, mustSync, pairedWorld, syncAndCheck, type World } from './harness/world.js';

/** So deep that no system call takes the whole path: the kernel's limit is 4,096 bytes. */
const FOLDERS = 26;
const folderName = 'f'.repeat(255);

/** Calls `work` with a place in the folder that is so deep below `top`, made where it is missing. */
function atDepth(top: string, folders: number, work: (place: string) => void): void {
  let at = openSync(top, 'r');
  for (let depth = 0; depth < folders; depth++) {
    const place = `/proc/self/fd/${at}/${folderName}`;
    mkdirSync(place, { recursive: true });
    const below = openSync(place, 'r');
    closeSync(at);
    at = below;
  }
  work(`/proc/self/fd/${at}`);
  closeSync(at);
}

/** Every entry below a folder with its type, mode, owner, size, time and target, and the hash of each file: find(1) goes down step by step. */
function listing(top: string): string[] {
  const entries = find(top, '-mindepth', '1', '-printf', '%P %y %m %U:%G %T@ %l\\0');
  const files = find(top, '-type', 'f', '-printf', '%P %s\\0', '-execdir', 'sha256sum', '--zero', '{}', ';');
  return [...entries, ...files].sort();
}

function find(top: string, ...what: readonly string[]): string[] {
  return execFileSync('find', ['.', ...what], { cwd: top, encoding: 'latin1', maxBuffer: 64 * 1024 * 1024 }).split('\0');
}

function assertSame(tree: string, mirror: string): void {
  const expected = listing(tree);
  assert.ok(expected.some((line) => line.length > 5_000));
  // Times as they are mirrored, to the microsecond.
  const cut = (line: string): string => line.replace(/(\.\d{6})\d{4} /, '$1 ');
  assert.deepEqual(listing(mirror).map(cut), expected.map(cut));
}

test('a tree of paths beyond 4,096 bytes is synced, edited, moved, restored and removed', async (t) => {
  const world = await pairedWorld(t);
  world.source.configure('blocks.photos', 'guard_percent', 100);
  try {
    await goDeep(world);
  } finally {
    // What is that deep only a program removes that goes down step by step as well.
    execFileSync('rm', ['-rf', join(world.directory, 'nas'), world.remote.root]);
  }
});

async function goDeep(world: World): Promise<void> {
  plantCrowd(world.tree, { folders: 1, filesPerFolder: 50, fileSizeBytes: 8 }, seeded(1));
  mkdirSync(join(world.tree, 'top'));
  atDepth(join(world.tree, 'top'), FOLDERS, (place) => {
    writeFileSync(`${place}/file`, 'deep');
    writeFileSync(`${place}/${'n'.repeat(255)}`, 'x'.repeat(100_000));
    plant(place, link('link', 't'.repeat(4_000)));
  });
  await mustSync(world);
  assertSame(world.tree, world.mirror);

  atDepth(join(world.tree, 'top'), FOLDERS, (place) => writeFileSync(`${place}/file`, 'edited'));
  await mustSync(world);
  assertSame(world.tree, world.mirror);

  renameSync(join(world.tree, 'top'), join(world.tree, 'moved'));
  atDepth(join(world.tree, 'moved'), FOLDERS, (place) => renameSync(`${place}/file`, `${place}/renamed`));
  const { outcome } = await mustSync(world);
  assert.deepEqual([outcome.plan?.summary['move'], outcome.sentBytes], [2, 0]);
  assertSame(world.tree, world.mirror);
  assert.equal((await mustSync(world)).outcome.kind, 'unchanged');

  const back = join(world.directory, 'nas', 'back');
  mustSucceed(await world.source.json('restore', 'photos', '--to', back));
  assertSame(world.tree, back);

  atDepth(join(world.tree, 'moved'), FOLDERS - 3, (place) => renameSync(`${place}/${folderName}`, join(world.tree, 'part')));
  await mustSync(world);
  execFileSync('rm', ['-rf', join(world.tree, 'moved'), join(world.tree, 'part')]);
  await syncAndCheck(world);
}

test('symlinks lead wherever they are said to, in any bytes and up to the longest', async (t) => {
  const bytes = Buffer.from(Array.from({ length: 255 }, (_, index) => index + 1));
  const world = await pairedWorld(t, {
    plant: (tree) =>
      plant(
        tree,
        link('any bytes', bytes),
        link('longest', 'x'.repeat(4_095)),
        link(Buffer.alloc(255, 0xff), '/'),
        link('dot', '.'),
      ),
  });
  await mustSync(world);
  assertMirrored(world.tree, world.mirror);
});
