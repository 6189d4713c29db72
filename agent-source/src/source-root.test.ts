import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { lstatSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileSystemIdentity } from '@btsoot/shared/disk/file-system.js';
import { seenFromStats } from '@btsoot/shared/disk/seen.js';
import { fromText } from '@btsoot/shared/model/bytes.js';
import type { ProgressEvent } from '@btsoot/shared/model/progress.js';
import { isRacy } from '@btsoot/shared/scan/granularity.js';
import { scanBlock } from './cycle.js';
import { block, contextOf, temporaryDirectory, temporaryPaths } from './fixtures.js';
import { openManifests } from './manifests.js';
import type { Block, Context } from './sync-types.js';

interface Disk {
  readonly context: Context;
  readonly photos: Block;
  readonly place: string;
}

function command(...words: string[]): boolean {
  return spawnSync(words[0] as string, words.slice(1)).status === 0;
}

function canMount(): boolean {
  if (process.geteuid?.() !== 0) return false;
  const place = path.join(temporaryDirectory(), 'probe');
  mkdirSync(place);
  return command('mount', '-t', 'tmpfs', 'btsoot-probe', place) && command('umount', '-l', place);
}

const noMounts = canMount() ? false : 'mounting needs root, and a system that lets it';

function mounted(t: TestContext, place: string, name: string): void {
  assert.ok(command('mount', '-t', 'tmpfs', name, place), `cannot mount at ${place}`);
  t.after(() => {
    while (command('umount', '-l', place));
  });
}

/** A block whose source is a file system of its own, with a few files. */
function disk(t: TestContext): Disk {
  const place = path.join(temporaryDirectory(), 'photos');
  mkdirSync(place);
  mounted(t, place, 'btsoot-test');
  for (let index = 0; index < 5; index++) {
    mkdirSync(path.join(place, `album ${index}`));
    writeFileSync(path.join(place, `album ${index}`, 'photo'), `light ${index}`);
  }
  return blockOf(place);
}

function blockOf(place: string): Disk {
  const source = fromText(place);
  const photos = { ...block('photos'), source, sourceIdentity: fileSystemIdentity(source) };
  return { photos, place, context: contextOf(temporaryPaths(), photos) };
}

/** What was written a moment ago is read once more. */
async function settled(file: string): Promise<void> {
  while (isRacy(seenFromStats(lstatSync(file, { bigint: true }), 0n), Date.now())) await sleep(5);
}

function scan({ context, photos }: Disk, inTheMiddle: () => void = () => undefined) {
  let isDone = false;
  const report = ({ kind }: ProgressEvent): void => {
    if (kind !== 'scanned' || isDone) return;
    isDone = true;
    inTheMiddle();
  };
  return scanBlock(context, photos, { signal: new AbortController().signal, report });
}

function knownEntries({ context, photos }: Disk): string[] {
  const manifests = openManifests(context, photos);
  try {
    const { source } = manifests;
    return source.rows(source.root().id).map(({ name }) => name);
  } finally {
    manifests.close();
  }
}

for (const [what, act] of [
  ['unmounted', (place: string) => command('umount', '-l', place)],
  ['covered by another file system', (place: string) => command('mount', '-t', 'tmpfs', 'btsoot-other', place)],
  ['covered by a folder that is bound there', (place: string) => command('mount', '--bind', path.dirname(place), place)],
] as const) {
  test(`a source that is ${what} in the middle of a scan is refused, and what was known stays`, { skip: noMounts }, async (t) => {
    const photos = disk(t);
    assert.equal((await scan(photos)).entries, 10);
    rmSync(path.join(photos.place, 'album 0'), { recursive: true });
    let acted = false;
    const running = scan(photos, () => {
      acted = act(photos.place);
    });
    await assert.rejects(running, { kind: 'refused' });
    assert.ok(acted, 'the mount was not changed');
    assert.equal(knownEntries(photos).length >= 4, true);
  });
}

test('a source whose disk is not there, or another one, is refused before the scan', { skip: noMounts }, async (t) => {
  const photos = disk(t);
  await scan(photos);
  command('umount', '-l', photos.place);
  await assert.rejects(scan(photos), { kind: 'refused', message: /, and was on tmpfs:btsoot-test$/ });
  mounted(t, photos.place, 'btsoot-other');
  await assert.rejects(scan(photos), { kind: 'refused', message: /is on tmpfs:btsoot-other, and was on tmpfs:btsoot-test$/ });
  assert.equal(knownEntries(photos).length, 5);
});

test('a source that is replaced by another folder in the middle of a scan is refused; so is one that is missing', async () => {
  const place = path.join(temporaryDirectory(), 'photos');
  mkdirSync(place);
  writeFileSync(path.join(place, 'photo'), 'light');
  const photos = blockOf(place);
  await settled(path.join(place, 'photo'));
  await scan(photos);
  const swap = () => {
    renameSync(place, `${place}.away`);
    mkdirSync(place);
  };
  await assert.rejects(scan(photos, swap), { kind: 'refused', message: /is another folder now while it was being read$/ });
  assert.deepEqual(knownEntries(photos), ['photo']);
  rmSync(place, { recursive: true });
  await assert.rejects(scan(photos), { kind: 'refused', message: /does not exist$/ });
  renameSync(`${place}.away`, place);
  assert.equal((await scan(photos)).hashedFiles, 0, 'the right one is known as before');
});

test('a disk that is mounted within the source and goes away keeps what it held', { skip: noMounts }, async (t) => {
  const photos = disk(t);
  const inner = path.join(photos.place, 'inner');
  mkdirSync(inner);
  mounted(t, inner, 'btsoot-inner');
  mkdirSync(path.join(inner, 'deep'));
  writeFileSync(path.join(inner, 'deep', 'photo'), 'light');
  assert.equal((await scan(photos)).entries, 13);
  const innerRows = () => {
    const manifests = openManifests(photos.context, photos.photos);
    const row = manifests.source.lookup(fromText('inner/deep/photo') as never);
    manifests.close();
    return row;
  };
  const before = innerRows();
  assert.ok(before !== undefined);
  const during = await scan(photos, () => assert.ok(command('umount', '-l', inner)));
  assert.deepEqual(innerRows()?.id, before.id, 'in the middle of a scan');
  assert.ok(during.problemCount <= 1);
  for (let round = 0; round < 2; round++) {
    const after = await scan(photos);
    assert.deepEqual(innerRows()?.id, before.id);
    assert.deepEqual(
      after.problems.map(({ path: at, kind }) => [at, kind]),
      [['inner', 'unknown']],
    );
    assert.match(after.problems[0]?.message ?? '', /is not mounted/);
  }
  mounted(t, inner, 'btsoot-inner');
  mkdirSync(path.join(inner, 'new'));
  await scan(photos);
  assert.equal(innerRows(), undefined, 'what is mounted and has it not any more has deleted it');
});
