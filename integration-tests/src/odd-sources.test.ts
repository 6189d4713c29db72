import assert from 'node:assert/strict';
import { lstatSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { Cleanup } from './harness/cleanup.js';
import { diskKinds, MountedDisk } from './harness/mounted-disk.js';
import { SourceAgent } from './harness/source-agent.js';
import { mustSucceed, temporaryDirectory } from './harness/world.js';

/*
 * Sources on real disks that say less of their files than others: no birth times, change times that are those of the last
 * write, and inode numbers in the order in which somebody has asked.
 */

const TAKEN = new Date('2024-01-31T10:00:00Z');

interface Card {
  /** Takes a picture: all are of one size and one time. */
  take(name: string, what: string): void;
  /** Pulls it out and plugs it in: whoever is asked for first gets the first inode number. */
  replug(...names: readonly string[]): void;
  /** Syncs a block, whose mirror must then hold what the card does. */
  sync(block: string): Promise<void>;
}

/** Null where there can be no such card here: the test is skipped then. */
async function cardMirroredBy(t: TestContext, ...blocks: readonly string[]): Promise<Card | null> {
  const cleanup = Cleanup.within(t);
  const directory = temporaryDirectory(cleanup);
  const disk = MountedDisk.make(cleanup, directory, diskKinds.exfat);
  if (typeof disk === 'string') {
    t.skip(disk);
    return null;
  }
  const tree = join(disk.path, 'photos');
  mkdirSync(tree);
  const source = new SourceAgent(join(directory, 'home'));
  for (const block of blocks) {
    mkdirSync(join(directory, block));
    await source.mustRun('add', block, tree, join(directory, block, 'photos'));
  }
  return {
    take(name, what) {
      writeFileSync(join(tree, name), what);
      utimesSync(join(tree, name), TAKEN, TAKEN);
    },
    replug(...names) {
      disk.remount();
      for (const name of names) lstatSync(join(tree, name));
    },
    async sync(block) {
      mustSucceed(await source.json('sync', block));
      assert.deepEqual(contentsOf(join(directory, block, 'photos')), contentsOf(tree));
    },
  };
}

function contentsOf(folder: string): Record<string, string> {
  return Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
}

test('a new file with the inode number that another one had before does not take its place', async (t) => {
  const card = await cardMirroredBy(t, 'one');
  if (card === null) return;
  card.take('first', 'light 1');
  await card.sync('one');
  card.take('again', 'light 1');
  card.take('other', 'light 2');
  card.replug('again', 'other', 'first');
  await card.sync('one');
  card.replug('first', 'other', 'again');
  await card.sync('one');
});

test('no block takes one file for another that another block has read', async (t) => {
  const card = await cardMirroredBy(t, 'one', 'two');
  if (card === null) return;
  card.take('first', 'light 1');
  await card.sync('one');
  await card.sync('two');
  card.take('again', 'light 1');
  card.take('other', 'light 2');
  card.replug('again', 'other', 'first');
  await card.sync('one');
  card.replug('other', 'again', 'first');
  await card.sync('two');
});
