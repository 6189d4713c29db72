import assert from 'node:assert/strict';
import { copyFileSync, readdirSync, renameSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { databasePages, diskImage, media, prose, serverLog } from './harness/data.js';
import { appendTo, overwrite, plantFile, plantSmallFiles, replaceStart } from './harness/planting.js';
import { assertMirrored, mustSync, pairedWorld, syncAndCheck, type World } from './harness/world.js';

/*
 * A changed file costs what changed in it, and a transfer that was cut off goes on where it was. What is mirrored is
 * compared byte by byte each time.
 */

const KB = 1_000;
const MB = 1_000 * KB;
const MiB = 1024 ** 2;

interface Change {
  readonly name: string;
  readonly change: (tree: string) => void;
  /** Content bytes. */
  readonly sentMostBytes: number;
  /** On the wire, both ways, connection set-up included. */
  readonly wireMostBytes?: number;
}

const nextLog = serverLog(20, Date.UTC(2026, 6, 1));

/** One after the other on the same tree. */
const changes: readonly Change[] = [
  {
    name: 'one byte in an image of 32 MiB',
    change: (tree) => overwrite(join(tree, 'disk.img'), 17 * MiB + 321, Buffer.from('!')),
    sentMostBytes: 2 * KB,
    wireMostBytes: 12 * KB,
  },
  {
    name: 'bytes inserted at its start',
    change: (tree) => replaceStart(join(tree, 'disk.img'), 0, media(2)(700)),
    sentMostBytes: 4 * KB,
    wireMostBytes: 12 * KB,
  },
  {
    name: 'pages here and there',
    change: (tree) => {
      const pages = databasePages(4);
      for (let page = 5; page < 1_000; page += 99) overwrite(join(tree, 'catalog.db'), page * 4_096, pages(4_096));
    },
    sentMostBytes: 60 * KB,
  },
  {
    name: 'an append',
    change: (tree) => appendTo(join(tree, 'access.log'), 50 * KB, nextLog),
    sentMostBytes: 40 * KB,
  },
  {
    name: 'logs rotated, and a new one begun',
    change: (tree) => {
      appendTo(join(tree, 'access.log'), 20 * KB, nextLog);
      renameSync(join(tree, 'access.log'), join(tree, 'access.log.1'));
      plantFile(join(tree, 'access.log'), 30 * KB, nextLog);
    },
    sentMostBytes: 50 * KB,
  },
  {
    name: 'a log copied and emptied in place, after it had grown',
    change: (tree) => {
      appendTo(join(tree, 'access.log.1'), 20 * KB, nextLog);
      copyFileSync(join(tree, 'access.log.1'), join(tree, 'access.log.2'));
      truncateSync(join(tree, 'access.log.1'), 0);
    },
    sentMostBytes: 20 * KB,
  },
  {
    name: 'a file moved and edited',
    change: (tree) => {
      renameSync(join(tree, 'clip.mov'), join(tree, 'film.mov'));
      overwrite(join(tree, 'film.mov'), 3 * MB, media(6)(KB));
    },
    sentMostBytes: 4 * KB,
  },
  {
    name: 'a copy under another name, edited',
    change: (tree) => {
      copyFileSync(join(tree, 'film.mov'), join(tree, 'film, cut.mov'));
      replaceStart(join(tree, 'film, cut.mov'), 500 * KB, media(7)(KB));
    },
    sentMostBytes: 20 * KB,
  },
  {
    name: 'a file too small for chunks, edited',
    change: (tree) => overwrite(join(tree, 'letter.dat'), 70 * KB, Buffer.from('!')),
    sentMostBytes: 2 * KB,
  },
  {
    name: 'a sparse image',
    change: (tree) => {
      plantFile(join(tree, 'sparse.img'), 2 * MB, media(8));
      truncateSync(join(tree, 'sparse.img'), 90 * MB);
    },
    sentMostBytes: 2_010 * KB,
  },
  {
    name: 'a hole punched, and a file cut short',
    change: (tree) => {
      overwrite(join(tree, 'disk.img'), 5 * MiB, Buffer.alloc(2 * MiB));
      truncateSync(join(tree, 'sparse.img'), 3 * MB);
    },
    sentMostBytes: 10 * KB,
  },
  {
    name: 'text, which shrinks',
    change: (tree) => plantFile(join(tree, 'book.txt'), 3 * MB, prose(9)),
    sentMostBytes: 1_800 * KB,
  },
  {
    name: 'small files of text, which shrink together',
    change: (tree) => plantSmallFiles(join(tree, 'notes'), 300, 10),
    sentMostBytes: 800 * KB,
  },
  {
    name: 'a file that grew beyond the size from which on there are chunks, and one that fell below',
    change: (tree) => {
      appendTo(join(tree, 'letter.dat'), 200 * KB, media(11));
      truncateSync(join(tree, 'film, cut.mov'), 200 * KB);
    },
    sentMostBytes: 210 * KB,
  },
];

test('what changed in files, and little else, is sent', async (t) => {
  const world = await pairedWorld(t, {
    plant: (tree) => {
      plantFile(join(tree, 'disk.img'), 32 * MiB, diskImage(1));
      plantFile(join(tree, 'catalog.db'), 1_000 * 4_096, databasePages(3));
      plantFile(join(tree, 'access.log'), 3 * MB, nextLog);
      plantFile(join(tree, 'clip.mov'), 5 * MB, media(5));
      plantFile(join(tree, 'letter.dat'), 100 * KB, media(12));
      plantSmallFiles(join(tree, 'bystanders'), 30, 13);
    },
  });
  await syncAndCheck(world);
  for (const { name, change, sentMostBytes, wireMostBytes } of changes) {
    await t.test(name, async (t) => {
      change(world.tree);
      const { outcome, wireBytes } = await syncAndCheck(world);
      t.diagnostic(`${outcome.sentBytes} content bytes, ${wireBytes} on the wire`);
      assert.ok(outcome.sentBytes <= sentMostBytes, `${outcome.sentBytes} content bytes sent`);
      assert.ok(wireBytes <= (wireMostBytes ?? Number.POSITIVE_INFINITY), `${wireBytes} bytes on the wire`);
      assertNoResidue(world);
    });
  }
  await t.test('nothing is left to do', async () => {
    assert.equal((await mustSync(world)).outcome.kind, 'unchanged');
  });
});

test('a dry run says what a changed file costs at most', async (t) => {
  const world = await pairedWorld(t, { plant: (tree) => plantFile(join(tree, 'clip.mov'), 20 * MB, media(1)) });
  await mustSync(world);
  overwrite(join(world.tree, 'clip.mov'), 10 * MB, Buffer.from('!'));
  const planned = await mustSync(world, '--dry-run');
  const wireBytes = planned.outcome.plan?.summary['wireBytes'] ?? 0;
  assert.ok(wireBytes > 0 && wireBytes < 200 * KB, `${wireBytes} bytes`);
  assert.equal(planned.outcome.plan?.summary['storeBytes'], 20 * MB);
  const { outcome } = await syncAndCheck(world);
  assert.ok(outcome.sentBytes <= wireBytes);
  assert.equal(outcome.sentBytes + outcome.savedBytes, 20 * MB);
});

test('a file that changes while it is sent is sent again in the same sync', async (t) => {
  const world = await pairedWorld(t, { plant: (tree) => plantFile(join(tree, 'large'), 40 * MB, media(1)) });
  world.proxy.reset();
  const sync = world.source.json('sync', 'photos');
  await world.proxy.reached(4 * MB);
  overwrite(join(world.tree, 'large'), 39 * MB, Buffer.from('changed'));
  const run = await sync;
  assert.equal(run.status, 0, run.output);
  assertMirrored(world.tree, world.mirror);
  assertNoResidue(world);
});

const largeBytes = 80 * MB;
/** What may be on its way when a link is cut: HTTP/2's window, and messages around it. */
const underWayMostBytes = 10 * MB;
/** What a remote that is killed may lose beside that. */
const checkpointBytes = 32 * MiB;

async function worldWithLarge(t: TestContext): Promise<World> {
  return pairedWorld(t, { plant: (tree) => plantFile(join(tree, 'large'), largeBytes, media(1)) });
}

test('a link that is cut again and again costs only what was on its way', async (t) => {
  const world = await worldWithLarge(t);
  const sync = world.source.start('sync', 'photos');
  const cuts = [10 * MB, 33 * MB, 66 * MB];
  for (const reachedBytes of cuts) {
    await world.proxy.reached(reachedBytes);
    world.proxy.cut();
  }
  const finished = await sync.finished;
  assert.equal(finished.status, 0, `${finished.stdout}\n${finished.stderr}`);
  assertMirrored(world.tree, world.mirror);
  assertNoResidue(world);
  const mostBytes = largeBytes + cuts.length * underWayMostBytes;
  assert.ok(world.proxy.totalBytes() < mostBytes, `${world.proxy.totalBytes()} bytes`);
});

test('after either side was killed, a transfer goes on at the last durable byte', async (t) => {
  const world = await worldWithLarge(t);
  // Far enough for a first checkpoint.
  const first = world.source.start('sync', 'photos', '--retries', '0');
  await world.proxy.reached(50 * MB);
  await world.remote.stop('SIGKILL');
  assert.equal((await first.finished).status, 5);
  await world.remote.serve();
  const second = world.source.start('sync', 'photos');
  await world.proxy.reached(65 * MB);
  await second.stop('SIGKILL');
  const before = world.proxy.totalBytes();
  const { wireBytes } = await syncAndCheck(world);
  assertNoResidue(world);
  const mostBytes = largeBytes + checkpointBytes + underWayMostBytes;
  assert.ok(before + wireBytes < mostBytes, `${before} and ${wireBytes} bytes`);
});

test('what was received of a file that has changed meanwhile is not sent again', async (t) => {
  const world = await worldWithLarge(t);
  const sync = world.source.start('sync', 'photos', '--retries', '0');
  await world.proxy.reached(50 * MB);
  world.proxy.cut();
  assert.equal((await sync.finished).status, 5);
  const before = world.proxy.totalBytes();
  replaceStart(join(world.tree, 'large'), 0, media(2)(KB));
  const { wireBytes } = await syncAndCheck(world);
  assertNoResidue(world);
  assert.ok(before + wireBytes < largeBytes + underWayMostBytes, `${before} and ${wireBytes} bytes`);
});

/** Nothing half written lies about beside the tree. */
function assertNoResidue(world: World): void {
  for (const folder of ['staging', 'stash', 'partial']) {
    assert.deepEqual(readdirSync(join(world.remote.root, '.btsoot', 'blocks', 'photos', folder)), [], folder);
  }
}
