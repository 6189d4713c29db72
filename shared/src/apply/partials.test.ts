import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, readdirSync, readFileSync, statSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { unpackChunks } from '../delta/chunk-list.js';
import { PLAIN_DELIVERY } from '../model/delivery.js';
import { limits } from '../model/limits.js';
import {
  contentOfBytes,
  deliveryOf,
  listOf,
  MiB,
  noise,
  putOf,
  resumedContent,
  resumeOrBegin,
  type SentBasis,
  sendLiterals,
  sendOps,
} from './delivery-fixture.js';
import { type Bench, bench } from './fixture.js';
import { Partials, sidecarName } from './partials.js';

/** Sends the first part of a file, as far as `end`, and cuts the link. */
async function cutOff(b: Bench, bytes: Buffer, end: number): Promise<void> {
  const applier = b.applier();
  await applier.step(putOf('resumed', bytes), null, deliveryOf(listOf(bytes)));
  await sendLiterals(applier, bytes, 0, end);
  await applier.abort();
}

const durableBytes = (b: Bench): number => new Partials(b.area).list()[0]?.durableBytes ?? 0;
const isEmpty = (b: Bench): void => {
  assert.deepEqual(readdirSync(b.area.staging.path), []);
  assert.deepEqual(readdirSync(b.area.partial.path), []);
};
/** The partial of `bytes` as the sender knows it. */
function partialOf(b: Bench, bytes: Buffer): SentBasis {
  const packed = new Partials(b.area).chunks(contentOfBytes(bytes)) ?? assert.fail('there is no partial');
  return { content: contentOfBytes(bytes), partial: true, list: unpackChunks(packed, durableBytes(b)) };
}

test('cut anywhere, a delivery goes on with what is durable, and only the rest is sent', async (t) => {
  const bytes = noise(4 * MiB, 1);
  const { ends } = listOf(bytes);
  const chunkEnd = ends[Math.floor(ends.length / 2)] ?? 0;
  for (const cut of [0, 1, MiB - 1, MiB + 200_000, chunkEnd - 1, chunkEnd, chunkEnd + 1, bytes.length - 1]) {
    const b = bench(t);
    await cutOff(b, bytes, cut);
    assert.deepEqual(readdirSync(b.area.staging.path), []);
    const durable = cut < MiB ? 0 : Math.max(0, ...ends.filter((end) => end <= cut));
    assert.equal(durableBytes(b), durable);
    const [name] = readdirSync(b.area.partial.path);
    const inode = name === undefined ? null : statSync(join(b.area.partial.path, name)).ino;

    const applier = b.applier();
    applier.recover();
    assert.equal(await resumeOrBegin(applier, b.area, bytes), bytes.length - durable);
    await applier.finish();
    assert.ok(readFileSync(join(b.tree, 'resumed')).equals(bytes));
    if (inode !== null) assert.equal(statSync(join(b.tree, 'resumed')).ino, inode);
    assert.notEqual(b.manifest.chunks(contentOfBytes(bytes)), null);
    isEmpty(b);
  }
});

test('a delivery that is cut off again and again gets there', async (t) => {
  const b = bench(t);
  const bytes = Buffer.concat([noise(2 * MiB, 1), Buffer.alloc(2 * MiB), noise(3 * MiB, 2)]);
  const list = listOf(bytes);
  for (const end of [2.5 * MiB, 3.2 * MiB, 3.3 * MiB, 5 * MiB]) {
    const applier = b.applier();
    const durable = durableBytes(b);
    const bases = durable === 0 ? [] : [partialOf(b, bytes)];
    await applier.step(putOf('resumed', bytes), null, deliveryOf(list, bases));
    if (durable > 0) await sendOps(applier, bytes, 0, [{ kind: 'copy', basis: 0, from: 0, lengthBytes: durable }]);
    await sendLiterals(applier, bytes, durable, end);
    await applier.abort();
    assert.ok(durableBytes(b) > Math.max(durable - 1, end - 70_000));
  }
  const applier = b.applier();
  await resumeOrBegin(applier, b.area, bytes);
  await applier.finish();
  assert.deepEqual([...b.outcomes], []);
  assert.ok(readFileSync(join(b.tree, 'resumed')).equals(bytes));
  isEmpty(b);
});

test('the file changed meanwhile: what was received serves as a basis', async (t) => {
  const old = noise(3 * MiB, 1);
  const changes: Readonly<Record<string, (durable: number) => Buffer>> = {
    'at its end': () => Buffer.concat([old, noise(500_000, 2)]),
    'in its middle': (durable) => Buffer.concat([old.subarray(0, MiB), noise(50, 2), old.subarray(MiB, durable), noise(99, 3)]),
    'at its start': (durable) => Buffer.concat([noise(50, 2), old.subarray(0, durable), noise(99, 3)]),
  };
  for (const [where, change] of Object.entries(changes)) {
    const b = bench(t);
    await cutOff(b, old, 2 * MiB);
    const durable = durableBytes(b);
    const bytes = change(durable);
    const applier = b.applier();
    await applier.step(putOf('resumed', bytes), null, deliveryOf(listOf(bytes), [partialOf(b, old)]));
    if (where === 'at its end') {
      await sendOps(applier, bytes, 0, [{ kind: 'copy', basis: 0, from: 0, lengthBytes: durable }]);
      await sendLiterals(applier, bytes, durable);
    } else {
      const kept = where === 'in its middle' ? MiB : 0;
      if (kept > 0) await sendOps(applier, bytes, 0, [{ kind: 'copy', basis: 0, from: 0, lengthBytes: kept }]);
      await sendOps(applier, bytes, kept, [
        { kind: 'literal', lengthBytes: 50 },
        { kind: 'copy', basis: 0, from: kept, lengthBytes: durable - kept },
        { kind: 'literal', lengthBytes: 99 },
      ]);
    }
    await applier.finish();
    assert.deepEqual([...b.outcomes], [], where);
    assert.ok(readFileSync(join(b.tree, 'resumed')).equals(bytes), where);
    isEmpty(b);
  }
});

test('each of several is found by its content', async (t) => {
  const b = bench(t);
  const files = [1, 2, 3].map((seed) => noise(2 * MiB, seed));
  for (const bytes of files) await cutOff(b, bytes, bytes.length - 1);
  const partials = new Partials(b.area);
  assert.equal(partials.list().length, files.length);
  for (const bytes of files) {
    const content = contentOfBytes(bytes);
    assert.deepEqual(partials.find(content)?.content, content);
    assert.deepEqual(partials.find(content)?.chunks.hashes, listOf(bytes).hashes.subarray(0, -16));
    assert.equal(partials.find({ ...content, sizeBytes: content.sizeBytes + 1 }), null);
  }
});

test('a copy past what is durable fails the file, not the stream', async (t) => {
  const b = bench(t);
  const bytes = noise(3 * MiB, 1);
  await cutOff(b, bytes, 2 * MiB);
  const applier = b.applier();
  await applier.step(putOf('resumed', bytes), null, deliveryOf(listOf(bytes), [partialOf(b, bytes)]));
  await sendOps(applier, bytes, 0, [{ kind: 'copy', basis: 0, from: 0, lengthBytes: bytes.length }]);
  await applier.finish();
  assert.equal(b.outcomes.get(0)?.kind, 'mismatch');
  isEmpty(b);
});

test('a partial that went to another file is found no more, which fails that file alone', async (t) => {
  const b = bench(t);
  const bytes = noise(3 * MiB, 1);
  await cutOff(b, bytes, 2 * MiB);
  const [durable, partial] = [durableBytes(b), partialOf(b, bytes)];
  const applier = b.applier();
  for (const at of ['one', 'two']) {
    await applier.step(putOf(at, bytes), null, deliveryOf(listOf(bytes), [partial]));
    await sendOps(applier, bytes, 0, [{ kind: 'copy', basis: 0, from: 0, lengthBytes: durable }]);
    await sendLiterals(applier, bytes, durable);
  }
  await applier.finish();
  assert.deepEqual(
    [...b.outcomes].map(([step, { kind }]) => [step, kind]),
    [[1, 'mismatch']],
  );
  assert.ok(readFileSync(join(b.tree, 'one')).equals(bytes));
  isEmpty(b);
});

test('a large file that is withdrawn leaves what may serve next time; a session that runs through without it, nothing', async (t) => {
  const b = bench(t);
  const bytes = noise(3 * MiB, 1);
  const applier = b.applier();
  await applier.step(putOf('f', bytes), null, deliveryOf(listOf(bytes)));
  await sendLiterals(applier, bytes, 0, 2 * MiB);
  await applier.withdraw('it changed');
  await applier.finish();
  assert.ok(durableBytes(b) > MiB);
  const next = b.applier();
  await next.step(putOf('g', Buffer.from('x')), Buffer.from('x'));
  await next.finish();
  isEmpty(b);
});

async function cutOffPlain(b: Bench, bytes: Buffer, end: number): Promise<void> {
  const applier = b.applier();
  await applier.step(putOf('f', bytes), null);
  await sendLiterals(applier, bytes, 0, end);
  await applier.abort();
}

async function resumePlain(b: Bench, bytes: Buffer): Promise<void> {
  const durable = durableBytes(b);
  const applier = b.applier();
  await applier.step(putOf('f', bytes), null, { ...PLAIN_DELIVERY, bases: [{ content: contentOfBytes(bytes), partial: true }] });
  await sendOps(applier, bytes, 0, [{ kind: 'copy', basis: 0, from: 0, lengthBytes: durable }]);
  await applier.data(bytes.subarray(durable));
  await applier.finish();
}

test('a file of which no chunk list is known goes on too, and is proven as a whole', async (t) => {
  const bytes = noise(3 * MiB + 1, 1);
  const b = bench(t);
  await cutOffPlain(b, bytes, 2 * MiB + 5);
  assert.equal(durableBytes(b), 2 * MiB);
  const [name = ''] = readdirSync(b.area.partial.path).filter((file) => !file.endsWith('.chunks'));
  const { ino } = statSync(join(b.area.partial.path, name));
  await resumePlain(b, bytes);
  assert.ok(readFileSync(join(b.tree, 'f')).equals(bytes));
  assert.equal(statSync(join(b.tree, 'f')).ino, ino);
  isEmpty(b);
});

test('of such a file, what was received counts for nothing once it is another', async (t) => {
  const bytes = noise(3 * MiB, 1);
  const b = bench(t);
  await cutOffPlain(b, bytes, 2 * MiB);
  const [name = ''] = readdirSync(b.area.partial.path).filter((file) => !file.endsWith('.chunks'));
  const place = join(b.area.partial.path, name);
  writeFileSync(place, readFileSync(place).fill(0, 5, 6));
  await resumePlain(b, bytes);
  assert.equal(b.outcomes.get(0)?.kind, 'mismatch');
  isEmpty(b);
});

test('the smallest file of which something is kept, and one that is smaller', async (t) => {
  for (const [sizeBytes, kept] of [
    [limits.partialSizeMinBytes + 1, limits.partialSizeMinBytes],
    [limits.partialSizeMinBytes - 1, 0],
  ] as const) {
    const b = bench(t);
    await cutOffPlain(b, noise(sizeBytes, 1), sizeBytes - 1);
    assert.equal(durableBytes(b), kept);
    if (kept === 0) isEmpty(b);
  }
});

test('what is damaged, claims too much, is old, or is one too many counts as nothing, and goes', async (t) => {
  const b = bench(t);
  const bytes = noise(3 * MiB, 1);
  await cutOff(b, bytes, 2 * MiB);
  const [name = ''] = readdirSync(b.area.partial.path).filter((file) => !file.endsWith('.chunks'));
  const at = (file: string): string => join(b.area.partial.path, file);
  const sidecar = readFileSync(at(sidecarName(name)));
  const variant = (to: string, changed: Buffer): void => {
    copyFileSync(at(name), at(to));
    writeFileSync(at(sidecarName(to)), changed);
  };
  variant('damaged', Buffer.from(sidecar).fill(0, 10, 12));
  variant('torn', sidecar.subarray(0, 60));
  variant('empty', Buffer.alloc(0));
  variant('short', sidecar);
  truncateSync(at('short'), MiB);
  variant('old', sidecar);
  utimesSync(at(sidecarName('old')), 1, 1);
  writeFileSync(at('alone'), 'x');
  writeFileSync(at(sidecarName('other')), sidecar);
  assert.equal(new Partials(b.area).list().length, 1);
  b.applier().recover();
  assert.deepEqual(readdirSync(b.area.partial.path).sort(), [name, sidecarName(name)]);

  for (let seed = 2; seed < limits.partialsMax + 4; seed++) await cutOff(b, noise(2 * MiB, seed), 1.5 * MiB);
  const kept = new Partials(b.area).list();
  assert.equal(kept.length, limits.partialsMax);
  assert.deepEqual(kept[0]?.content, contentOfBytes(noise(2 * MiB, limits.partialsMax + 3)));
  assert.equal(readdirSync(b.area.partial.path).length, 2 * limits.partialsMax);
});

test('a receiver that is killed loses no more than an interval', async (t) => {
  const b = bench(t);
  const bytes = resumedContent(2 * limits.checkpointIntervalBytes + 8 * MiB);
  const child = fileURLToPath(new URL('./receiving-child.js', import.meta.url));
  /** Lets a receiver run until it is that far; returns where it began. */
  const receive = async (killAt: number): Promise<number> => {
    const receiver = fork(child, [b.home, String(bytes.length)]);
    t.after(() => receiver.kill('SIGKILL'));
    let began: number | null = null;
    receiver.on('message', (position: number) => {
      began ??= position;
      if (position >= killAt) receiver.kill('SIGKILL');
    });
    const [code, signal] = await once(receiver, 'exit');
    assert.ok(killAt === Infinity ? code === 0 : signal === 'SIGKILL');
    return began ?? assert.fail('nothing was received');
  };
  assert.equal(await receive(8 * MiB), 0);
  assert.equal(await receive(2 * limits.checkpointIntervalBytes + MiB), 0);
  const resumedAt = await receive(0);
  assert.ok(resumedAt > limits.checkpointIntervalBytes - MiB);
  assert.ok((await receive(Infinity)) >= resumedAt);
  assert.ok(readFileSync(join(b.tree, 'resumed')).equals(bytes));
  isEmpty(b);
});
