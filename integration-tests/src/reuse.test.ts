import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { media } from './harness/data.js';
import { overwrite, plantFile, plantSmallFiles } from './harness/planting.js';
import { copyTree } from './harness/tree.js';
import { mustSync, pairedWorld, syncAndCheck, type World } from './harness/world.js';

/* What only the remote's history still holds is copied there, and not sent again. */

const MB = 1_000_000;
const filmBytes = 5 * MB;
const films = 10;

function plantFilms(tree: string): void {
  mkdirSync(join(tree, 'films'));
  for (let film = 0; film < films; film++) plantFile(join(tree, 'films', `film ${film}`), filmBytes, media(film));
  plantSmallFiles(join(tree, 'bystanders'), 30, 99);
}

/** The folder was synced, and is gone again: on this side it lies elsewhere. */
async function worldWithoutFilms(t: Parameters<typeof pairedWorld>[0]): Promise<World & { readonly aside: string }> {
  const world = await pairedWorld(t, { plant: plantFilms });
  world.source.configure('blocks.photos', 'guard_percent', 100);
  await syncAndCheck(world);
  const aside = join(world.directory, 'aside');
  renameSync(join(world.tree, 'films'), aside);
  await syncAndCheck(world);
  return { ...world, aside };
}

/** Copies, not renames: what comes back has other inodes. */
function bringBack({ aside, tree }: World & { readonly aside: string }): void {
  copyTree(aside, join(tree, 'films again'));
}

test('a folder of 50 MB that was deleted comes back under another name for 30 kB', async (t) => {
  const world = await worldWithoutFilms(t);
  bringBack(world);
  const planned = await mustSync(world, '--dry-run');
  assert.equal(planned.outcome.plan?.summary['copy'], films);
  assert.equal(planned.outcome.plan?.summary['wireBytes'], 0);
  const { outcome, wireBytes } = await syncAndCheck(world);
  assert.equal(outcome.sentBytes, 0);
  assert.equal(outcome.plan?.digest, planned.outcome.plan?.digest, 'a dry run tells the plan itself');
  assert.ok(outcome.savedBytes >= films * filmBytes, `${outcome.savedBytes} bytes saved`);
  assert.ok(wireBytes < 30_000, `${wireBytes} bytes crossed the wire`);
  assert.equal((await mustSync(world)).outcome.kind, 'unchanged');
});

test('files that are as they were before their last change are not sent again', async (t) => {
  const world = await pairedWorld(t, { plant: plantFilms });
  await syncAndCheck(world);
  const before = join(world.directory, 'before');
  copyTree(join(world.tree, 'films'), before);
  const film = (index: number): string => join(world.tree, 'films', `film ${index}`);
  rmSync(film(0));
  plantFile(film(0), filmBytes, media(1_000));
  for (let at = 0; at < filmBytes; at += MB) overwrite(film(1), at, media(2_000 + at)(200_000));
  await syncAndCheck(world);

  rmSync(join(world.tree, 'films'), { recursive: true });
  copyTree(before, join(world.tree, 'films'));
  for (const index of [0, 1]) utimesSync(film(index), 1_750_000_000, 1_750_000_000);
  const { outcome, wireBytes } = await syncAndCheck(world);
  assert.equal(outcome.sentBytes, 0);
  assert.ok(wireBytes < 30_000, `${wireBytes} bytes crossed the wire`);
});

test('what history was said to hold, and cannot be copied, is sent in the same sync', async (t) => {
  const world = await worldWithoutFilms(t);
  const history = join(world.remote.root, '.btsoot', 'blocks', 'photos', 'history');
  const [slot = ''] = readdirSync(history).filter((name) => statSync(join(history, name)).isDirectory());
  const damaged = join(history, slot, 'film 3');
  const { atime, mtime } = statSync(damaged);
  overwrite(damaged, 1_000, Buffer.from('a failing disk'));
  utimesSync(damaged, atime, mtime);

  bringBack(world);
  const { outcome } = await syncAndCheck(world);
  assert.equal(outcome.kind, 'done');
  assert.ok(outcome.sentBytes > 0 && outcome.sentBytes <= filmBytes, `${outcome.sentBytes} bytes sent`);
});
