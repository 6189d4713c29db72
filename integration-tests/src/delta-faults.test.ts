import assert from 'node:assert/strict';
import { copyFileSync, readdirSync, renameSync, rmSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { swapEntries } from './harness/changes.js';
import { treeDifferences } from './harness/compare.js';
import { databasePages, diskImage, media, serverLog } from './harness/data.js';
import { appendTo, overwrite, plantFile, plantSmallFiles, replaceStart } from './harness/planting.js';
import { type Random, seeded } from './harness/random.js';
import { copyTree } from './harness/tree.js';
import { mustSucceed, pairedWorld, syncAndCheck, type World } from './harness/world.js';

/* Deltas upon deltas, with links cut and agents killed in between: no version of any file may be wrong, or out of reach. */

const KB = 1_000;
const MB = 1_000 * KB;
const MiB = 1024 ** 2;
/** Far enough above the size from which on files are patched in place. */
const largeBytes = 34 * MiB;

interface Playground {
  readonly tree: string;
  readonly random: Random;
  /** Of a file with this name: any other one. */
  readonly other: (name: string) => string;
  readonly newName: () => string;
}

type Change = (name: string, playground: Playground) => void;

const size = (path: string): number => statSync(path).size;

const edit: Change = (name, { tree, random }) => {
  const path = join(tree, name);
  for (let count = 1 + random.below(4); count > 0; count--) {
    overwrite(path, random.below(size(path) + 1), media(random.below(1e6))(1 + random.below(5 * KB)));
  }
};

const changes: readonly Change[] = [
  edit,
  (name, { tree, random }) =>
    overwrite(join(tree, name), 4_096 * random.below(size(join(tree, name)) / 4_096 + 1), Buffer.alloc(MB)),
  (name, { tree, random }) => appendTo(join(tree, name), random.below(300 * KB), media(random.below(1e6))),
  (name, { tree, random }) => replaceStart(join(tree, name), random.below(300), media(random.below(1e6))(random.below(3 * KB))),
  (name, { tree, random }) =>
    truncateSync(join(tree, name), Math.floor(size(join(tree, name)) * (0.9 + 0.02 * random.below(10)))),
  (name, { tree, newName }) => copyFileSync(join(tree, name), join(tree, newName())),
  (name, playground) => {
    const to = playground.newName();
    renameSync(join(playground.tree, name), join(playground.tree, to));
    edit(to, playground);
  },
  (name, playground) => {
    const other = playground.other(name);
    swapEntries(playground.tree, name, other);
    edit(name, playground);
    edit(other, playground);
  },
  (name, { tree, other }) => copyFileSync(join(tree, name), join(tree, other(name))),
];

/** Lets a sync run until some bytes have crossed, and breaks it; it may be done by then. */
async function breakSync({ source, remote, proxy }: World, random: Random): Promise<void> {
  proxy.reset();
  const sync = source.start('sync', 'photos', '--retries', '0');
  const isUnderWay = proxy.reached(random.below(200 * KB)).then(() => true);
  if (await Promise.race([isUnderWay, sync.finished.then(() => false)])) {
    const how = random.below(3);
    if (how === 0) proxy.cut();
    else if (how === 1) await sync.stop('SIGKILL');
    else {
      await remote.stop('SIGKILL');
      await remote.serve();
    }
  }
  await sync.finished;
}

test('whatever becomes of files, and of syncs, every state that was synced comes back', async (t) => {
  const random = seeded(4711);
  const world = await pairedWorld(t, {
    plant: (tree) => {
      plantFile(join(tree, 'image'), largeBytes, diskImage(1));
      plantFile(join(tree, 'film'), largeBytes, media(2));
      plantFile(join(tree, 'catalog'), 4 * MB, databasePages(3));
      plantFile(join(tree, 'letter'), 100 * KB, media(4));
      plantSmallFiles(join(tree, 'bystanders'), 30, 5);
    },
  });
  const { tree } = world;
  const names = (): string[] => readdirSync(tree).filter((name) => name !== 'bystanders');
  const pick = <T>(items: readonly T[]): T => items[random.below(items.length)] as T;
  let made = 0;
  const playground: Playground = {
    tree,
    random,
    other: (name) => pick(names().filter((one) => one !== name)),
    newName: () => `new ${++made}`,
  };
  const states: { readonly session: string; readonly copy: string }[] = [];
  for (let round = 0; round < 10; round++) {
    for (let count = round === 0 ? 0 : 1 + random.below(3); count > 0; count--) pick(changes)(pick(names()), playground);
    for (const name of names().slice(8)) rmSync(join(tree, name));
    if (round > 0 && random.below(2) === 0) await breakSync(world, random);
    const { outcome } = await syncAndCheck(world);
    const copy = join(world.directory, `state ${round}`);
    copyTree(tree, copy);
    if (outcome.session > 0) states.push({ session: String(outcome.session), copy });
  }
  assert.ok(readdirSync(join(world.remote.root, '.btsoot/blocks/photos/history')).some((name) => name.endsWith('.undo')));
  for (const { session, copy } of states) {
    const to = join(world.directory, 'restored');
    mustSucceed(await world.source.json('restore', 'photos', '--to', to, '--at', session));
    assert.deepEqual(treeDifferences(copy, to), [], session);
    rmSync(to, { recursive: true });
  }
});

test('a file that goes to and fro between two versions, and then on, comes back in each', async (t) => {
  const world = await pairedWorld(t, { plant: (tree) => plantFile(join(tree, 'image'), largeBytes, media(1)) });
  const image = join(world.tree, 'image');
  const sessions = new Map<string, number>();
  for (const mark of [...'ABABABABABABABABABAC']) {
    overwrite(image, 5 * MB, Buffer.from(mark));
    sessions.set(mark, (await syncAndCheck(world)).outcome.session);
  }
  for (const [mark, session] of sessions) {
    overwrite(image, 5 * MB, Buffer.from(mark));
    const to = join(world.directory, mark);
    mustSucceed(await world.source.json('restore', 'photos', 'image', '--to', to, '--at', String(session)));
    const differences = treeDifferences(world.tree, to).filter((line) => !line.includes('modified at'));
    assert.deepEqual(differences, [], mark);
  }
});

test('a file that was removed, and comes back cut otherwise, costs only what changes in it', async (t) => {
  const world = await pairedWorld(t, {
    plant: (tree) => {
      plantFile(join(tree, 'log'), 5 * MB, serverLog(1, Date.UTC(2026, 0, 1)));
      plantSmallFiles(join(tree, 'bystanders'), 30, 2);
    },
  });
  const log = join(world.tree, 'log');
  const aside = join(world.directory, 'log');
  await syncAndCheck(world);
  // Of a file that grows, the chunks stay as small as they were.
  appendTo(log, 60 * MB, media(3));
  await syncAndCheck(world);
  copyFileSync(log, aside);
  rmSync(log);
  await syncAndCheck(world);
  copyFileSync(aside, log);
  await syncAndCheck(world);
  for (const position of [10 * MB, 30 * MB]) {
    overwrite(log, position, Buffer.from('!'));
    const { outcome } = await syncAndCheck(world);
    assert.ok(outcome.sentBytes < 10 * KB, `${outcome.sentBytes} content bytes`);
  }
});
