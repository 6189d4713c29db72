import assert from 'node:assert/strict';
import { test } from 'node:test';
import { oneAhead } from './one-ahead.js';
import { ReplyQueue } from './reply-queue.js';
import { Serial } from './serial.js';
import { untilAborted } from './until-aborted.js';

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

async function* silent(): AsyncGenerator<number, void, undefined> {
  yield 1;
  await new Promise(() => undefined);
}

test('what is awaited from a silent peer ends with the signal', async () => {
  const controller = new AbortController();
  const seen: number[] = [];
  const reading = (async () => {
    for await (const item of untilAborted(silent(), controller.signal)) {
      seen.push(item);
      setImmediate(() => controller.abort(new Error('gone')));
    }
  })();
  await assert.rejects(reading, /gone/);
  assert.deepEqual(seen, [1]);
});

test('a signal that has aborted already lets nothing through', async () => {
  await assert.rejects(collect(untilAborted(silent(), AbortSignal.abort(new Error('gone')))), /gone/);
});

test('what was read is not held on to, however long the stream', async () => {
  async function* frames() {
    for (let i = 0; i < 400; i++) yield Buffer.alloc(1024 * 1024);
  }
  let bytes = 0;
  for await (const frame of untilAborted(frames(), new AbortController().signal)) {
    bytes += frame.length;
    await new Promise(setImmediate);
  }
  assert.equal(bytes, 400 * 1024 * 1024);
  assert.ok(process.memoryUsage().arrayBuffers < 200 * 1024 * 1024, `${process.memoryUsage().arrayBuffers} bytes are held`);
});

test('replies are read in order, up to the end or the error', async () => {
  const good = new ReplyQueue<number>(2);
  good.push(1);
  const reading = collect(good);
  good.push(2);
  good.finish();
  assert.deepEqual(await reading, [1, 2]);

  const bad = new ReplyQueue<number>(2);
  bad.push(1);
  bad.fail(new Error('broken'));
  const seen: number[] = [];
  await assert.rejects(async () => {
    for await (const item of bad) seen.push(item);
  }, /broken/);
  assert.deepEqual(seen, [1]);
});

test('a writer waits for room until a reply is read, or the end', async () => {
  const queue = new ReplyQueue<number>(1);
  await queue.room();
  queue.push(1);
  let hasRoom = false;
  const waiting = queue.room().then(() => {
    hasRoom = true;
  });
  await new Promise(setImmediate);
  assert.equal(hasRoom, false);
  const reader = queue[Symbol.asyncIterator]();
  await reader.next();
  await waiting;
  queue.push(2);
  const again = queue.room();
  queue.finish();
  await again;
});

test('pieces of work do not overlap, and one that fails does not stop the next', async () => {
  const serial = new Serial();
  const events: string[] = [];
  const piece = (name: string) => async () => {
    events.push(`${name}(`);
    await new Promise(setImmediate);
    events.push(`)${name}`);
    if (name === 'b') throw new Error('b');
  };
  const all = [serial.run(piece('a')), serial.run(piece('b')), serial.run(piece('c'))];
  await assert.rejects(Promise.all(all), /b/);
  await all[2];
  assert.deepEqual(events, ['a(', ')a', 'b(', ')b', 'c(', ')c']);
});

test('one item is made ahead, no more, and an error comes in its turn', async () => {
  let made = 0;
  async function* items() {
    for (; made < 3; ) yield ++made;
    throw new Error('broken');
  }
  const seen: number[] = [];
  const reading = (async () => {
    for await (const item of oneAhead(items())) {
      await new Promise(setImmediate);
      assert.equal(made, Math.min(item + 1, 3));
      seen.push(item);
    }
  })();
  await assert.rejects(reading, /broken/);
  assert.deepEqual(seen, [1, 2, 3]);
});

test('who leaves what is read ahead does not wait for the next item', async () => {
  for await (const item of oneAhead(silent())) {
    assert.equal(item, 1);
    break;
  }
});
