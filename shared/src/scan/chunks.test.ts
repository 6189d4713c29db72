import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { appendFileSync, linkSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { type ChunkList, unpackChunks } from '../delta/chunk-list.js';
import { HashPool } from '../disk/hash-pool.js';
import { SmallFiles } from '../disk/small-files.js';
import { ROOT_PATH } from '../model/bytes.js';
import { hashBytes } from '../model/digest.js';
import type { Content } from '../model/entry.js';
import { limits } from '../model/limits.js';
import { Place } from './fixture.js';
import { Handles } from './handles.js';
import { HashQueue } from './hash-queue.js';
import { Tally } from './tally.js';

const MIB = 1024 * 1024;

function contentAt(place: Place, path: string): Content {
  const row = place.row(path);
  assert.ok(row?.kind === 'file' && row.content !== null, `${path} has no known content`);
  return row.content;
}

function listAt(place: Place, path: string): ChunkList {
  const content = contentAt(place, path);
  const packed = place.manifest.chunks(content);
  assert.ok(packed !== null, `${path} has no list`);
  return unpackChunks(packed, content.sizeBytes);
}

/** Each chunk of the list has its hash, and together they are the bytes. */
function checkList(list: ChunkList, bytes: Buffer): void {
  let start = 0;
  for (const [index, end] of list.ends.entries()) {
    const hash = list.hashes.toString('hex', index * 16, (index + 1) * 16);
    assert.equal(hash, hashBytes(bytes.subarray(start, end)));
    start = end;
  }
  assert.equal(start, bytes.length);
}

for (const mode of ['origin', 'mirror'] as const) {
  test(`a scan as ${mode} keeps the lists of large files, and no others`, async (t) => {
    const place = new Place(t);
    const large = randomBytes(3 * MIB + 11);
    writeFileSync(place.at('large'), large);
    writeFileSync(place.at('least'), large.subarray(0, limits.chunkedSizeMinBytes));
    writeFileSync(place.at('small'), large.subarray(0, limits.chunkedSizeMinBytes - 1));
    await place.calm();
    await place.scan({ mode });
    checkList(listAt(place, 'large'), large);
    checkList(listAt(place, 'least'), large.subarray(0, limits.chunkedSizeMinBytes));
    assert.equal(place.manifest.chunks(contentAt(place, 'small')), null);

    large[MIB] = (large[MIB] ?? 0) ^ 1;
    writeFileSync(place.at('large'), large);
    await place.calm();
    await place.scan({ mode });
    checkList(listAt(place, 'large'), large);
  });
}

test('a list stays when its file is renamed or linked, and goes with the last name', async (t) => {
  const place = new Place(t);
  place.write('d/file', 'x'.repeat(MIB));
  await place.scanCalmly();
  const content = contentAt(place, 'd/file');
  const packed = place.manifest.chunks(content);
  assert.ok(packed !== null);
  renameSync(place.at('d'), place.at('e'));
  linkSync(place.at('e/file'), place.at('link'));
  const { hashedFiles } = await place.scanCalmly();
  assert.ok(hashedFiles <= 1);
  rmSync(place.at('e'), { recursive: true });
  await place.scanCalmly();
  assert.deepEqual(contentAt(place, 'link'), content);
  assert.deepEqual(place.manifest.chunks(content), packed);
  rmSync(place.at('link'));
  await place.scanCalmly();
  assert.equal(place.manifest.chunks(content), null);
});

for (const how of ['appended', 'saved'] as const) {
  test(`a file that grows keeps its cut points when it is ${how}`, async (t) => {
    const place = new Place(t);
    const bytes = randomBytes(36 * MIB);
    writeFileSync(place.at('file'), bytes.subarray(0, 30 * MIB));
    await place.scanCalmly();
    const before = listAt(place, 'file');
    if (how === 'appended') appendFileSync(place.at('file'), bytes.subarray(30 * MIB));
    else {
      writeFileSync(place.at('file.tmp'), bytes);
      renameSync(place.at('file.tmp'), place.at('file'));
    }
    await place.scanCalmly();
    const after = listAt(place, 'file');
    assert.equal(after.averageBytes, before.averageBytes);
    // All but the last one, which was the file's end.
    assert.deepEqual(after.ends.subarray(0, before.ends.length - 1), before.ends.subarray(0, -1));
    checkList(after, bytes);
  });
}

test('a new file of the size that one has grown to is cut into larger chunks', async (t) => {
  const place = new Place(t);
  writeFileSync(place.at('small'), randomBytes(30 * MIB));
  writeFileSync(place.at('large'), randomBytes(36 * MIB));
  await place.scanCalmly();
  assert.equal(listAt(place, 'large').averageBytes, 2 * listAt(place, 'small').averageBytes);
});

test('a list that cannot be read keeps no file from being read', async (t) => {
  const place = new Place(t);
  place.write('file', 'x'.repeat(MIB));
  await place.scanCalmly();
  const content = contentAt(place, 'file');
  const id = place.id('file');
  // The row lets go of its list, and gets a damaged one.
  place.manifest.update(id, { content: null });
  place.manifest.transaction(() => {
    place.manifest.setChunks(content, Buffer.from([255]));
    place.manifest.update(id, { content });
  });
  appendFileSync(place.at('file'), 'y');
  await place.scanCalmly();
  checkList(listAt(place, 'file'), Buffer.from(`${'x'.repeat(MIB)}y`));
});

test('lists that wait to be recorded are counted by their bytes', async (t) => {
  const place = new Place(t);
  const hasher = new HashPool(1);
  const handles = new Handles(place.root);
  t.after(async () => {
    handles.close();
    await hasher.close();
  });
  for (const name of ['one', 'two']) place.write(name, name.repeat(MIB));
  const queue = new HashQueue<string>(hasher, new AbortController().signal, new Tally(() => {}), null);
  const directory = handles.open(ROOT_PATH);
  for (const name of ['one', 'two']) {
    const seen = place.root.lstat(name as never) ?? assert.fail();
    queue.add({ directory, folder: ROOT_PATH, name: name as never, seen, previousAverageBytes: null }, name);
  }
  directory.release();
  while (!queue.isIdle) await queue.progress();
  const waiting = queue.listBytes;
  const lists = queue.take().map(({ reading }) => (reading.kind === 'read' ? reading.chunks : null));
  assert.equal(lists.length, 2);
  assert.equal(
    waiting,
    lists.reduce((sum, list) => sum + (list ?? assert.fail()).length, 0),
  );
  assert.equal(queue.listBytes, 0);
});

for (const native of [true, false])
  test(`another name of a file that was read before ${native ? 'natively ' : ''}is answered from that reading, unless the file has changed`, async (t) => {
    const place = new Place(t);
    const hasher = new HashPool(1);
    const handles = new Handles(place.root);
    t.after(async () => {
      handles.close();
      await hasher.close();
    });
    place.write('one', 'the same bytes');
    linkSync(place.at('one'), place.at('two'));
    const tally = new Tally(() => {});
    const queue = new HashQueue<string>(
      hasher,
      new AbortController().signal,
      tally,
      native ? SmallFiles.load(place.root.dev) : null,
    );
    const directory = handles.open(ROOT_PATH);
    const answerFor = async (name: string): Promise<string | undefined> => {
      const seen = place.root.lstat(name as never) ?? assert.fail();
      queue.add({ directory, folder: ROOT_PATH, name: name as never, seen, previousAverageBytes: null }, name);
      while (!queue.isIdle) await queue.progress();
      const [answer, ...more] = queue.take();
      assert.deepEqual([answer?.asker, more.length], [name, 0]);
      return answer?.reading.kind === 'read' ? answer.reading.content.hash : undefined;
    };
    const first = await answerFor('one');
    assert.equal(await answerFor('two'), first);
    assert.equal(tally.hashedFiles, 1);
    appendFileSync(place.at('one'), ', and more');
    assert.notEqual(await answerFor('two'), first);
    assert.equal(tally.hashedFiles, 2);
    directory.release();
  });
