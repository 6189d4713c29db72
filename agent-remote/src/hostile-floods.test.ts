import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { ClientHttp2Stream } from 'node:http2';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { limits } from '@btsoot/shared/model/limits.js';
import {
  applyOrderToWire,
  childrenFromWire,
  childrenQuestionToWire,
  contentsQueryToWire,
  readWishToWire,
} from '@btsoot/shared/wire/convert.js';
import { remotePackage } from '@btsoot/shared/wire/proto.js';
import { temporaryFolder } from './fixture.js';
import { framed, type RawPeer, rawPeer } from './raw-peer.js';
import { apply, contentOf, folder, openNextSession, put, type Remote, serveRoot } from './service-fixture.js';

/*
 * A paired source that speaks HTTP/2 and means no good: it sends without an end, holds what it began, or never reads. The
 * remote's memory stays bounded, others are served meanwhile, and when it has gone a sync works as before.
 */

const service = remotePackage().Remote.service;
/** Far above what a remote takes at rest, and far below what these attacks took before there were bounds. */
const memoryMaxBytes = 240 * 1024 * 1024;
const names = 4_000;
const large = randomBytes(20_000_000);

function peakMemoryBytes(pid: number): number {
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1]) * 1024;
}

async function startRemote(t: TestContext): Promise<Remote> {
  const root = temporaryFolder(t);
  mkdirSync(join(root, folder, 'many'), { recursive: true });
  for (let at = 0; at < names; at++) writeFileSync(join(root, folder, 'many', `${'n'.repeat(200)} ${at}`), '');
  writeFileSync(join(root, folder, 'large'), large);
  return serveRoot(t, root);
}

/** A sync of one file, from the session's opening to its end. */
async function syncOne({ client, root }: Remote, name: string): Promise<void> {
  const bytes = Buffer.from(`written after ${name}`);
  const session = await openNextSession(client, 'trust');
  const steps = [{ step: put(name, bytes), inline: bytes, delivery: null }];
  const news = await apply(client, [
    { kind: 'begin', session: session.session },
    { kind: 'steps', steps, packed: null },
    { kind: 'finish' },
  ]);
  assert.equal(news.at(-1)?.kind, 'finished');
  assert.deepEqual(readFileSync(join(root, folder, name)), bytes);
  await session.leave();
}

const order = (what: Parameters<typeof applyOrderToWire>[0]): Buffer =>
  framed(service.Apply.requestSerialize(applyOrderToWire(what)));

/** The status that a call ends with, or `reset`. */
async function statusOf(stream: ClientHttp2Stream): Promise<string> {
  let status: string | undefined;
  const note = (headers: Record<string, unknown>): void => {
    if (headers['grpc-status'] !== undefined)
      status = `${headers['grpc-status']} ${decodeURIComponent(String(headers['grpc-message']))}`;
  };
  stream.on('response', note).on('trailers', note).resume();
  // Not `once`: that a stream fails is how many of these end.
  await new Promise<void>((resolve) => (stream.closed ? resolve() : stream.once('close', resolve)));
  return status ?? 'reset';
}

test('floods', { timeout: 300_000 }, async (t) => {
  const remote = await startRemote(t);
  const { client, process, socketPath } = remote;
  const pid = process.child.pid ?? 0;
  await (await openNextSession(client)).leave();
  const others = async (): Promise<void> => {
    assert.equal((await client.hello()).blocks.length, 1);
  };
  // Stay for as long as all of it lasts: a call that was begun and says a byte, and one that says nothing.
  const loris = await Promise.all(Array.from({ length: 6 }, () => rawPeer(t, socketPath)));
  for (const { call } of loris) call('Apply').write(Buffer.from([0]));
  for (const { call } of loris) call('Hello');

  const attack = (name: string, work: (peer: RawPeer) => Promise<void>) =>
    t.test(name, async (child) => {
      const peer = await rawPeer(child, socketPath);
      await work(peer);
      await others();
      peer.session.destroy();
      await syncOne(remote, name);
      assert.ok(peakMemoryBytes(pid) < memoryMaxBytes, `${Math.round(peakMemoryBytes(pid) / 1e6)} MB`);
      assert.equal(process.child.exitCode, null);
    });

  await attack('two hundred thousand messages of seven bytes: others are heard in between', async ({ call }) => {
    const session = await openNextSession(client, 'trust');
    const stream = call('Apply');
    stream.write(order({ kind: 'begin', session: session.session }));
    const empty = order({ kind: 'steps', steps: [], packed: null });
    stream.write(Buffer.concat(Array.from({ length: 200_000 }, () => empty)));
    stream.end(order({ kind: 'finish' }));
    let isOver = false;
    const over = statusOf(stream).then((status) => {
      isOver = true;
      return status;
    });
    for (let count = 0; count < 10; count++) await others();
    assert.equal(isOver, false, 'the others were heard when the flood was over');
    assert.match(await over, /^0 /);
    await session.leave();
  });

  await attack('requests that are nearly there, on every stream of several connections', async () => {
    const part = Buffer.alloc(limits.requestSizeMaxBytes - 1_000);
    for (let connection = 0; connection < 4; connection++) {
      const peer = await rawPeer(t, socketPath);
      const streams = Array.from({ length: 64 }, () => peer.call('Apply'));
      for (const stream of streams) stream.write(framed(part, { length: part.length + 1 }));
      // What the remote takes, it has taken when it has answered on the same connection.
      await new Promise<void>((resolve) => peer.session.ping(() => resolve()));
      await others();
      t.after(() => peer.session.destroy());
    }
    await setTimeout(500);
    await others();
  });

  await attack('lengths that lie, frames with unknown flags, bombs that gzip made small', async ({ call }) => {
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024));
    const cases: [Buffer, Record<string, string>][] = [
      [framed(Buffer.alloc(100), { length: 2 ** 32 - 1 }), {}],
      [framed(Buffer.alloc(10), { flag: 0xff }), {}],
      [framed(bomb, { flag: 1 }), { 'grpc-encoding': 'gzip' }],
      [framed(bomb, { flag: 1 }), { 'grpc-encoding': 'deflate' }],
      [framed(bomb, { flag: 1 }), { 'grpc-encoding': 'br' }],
      [framed(bomb, { flag: 1 }), {}],
      [framed(Buffer.alloc(0)), {}],
    ];
    for (const [bytes, headers] of cases) {
      const streams = Array.from({ length: 4 }, () => call('Apply', headers));
      const statuses = streams.map(statusOf);
      for (const stream of streams) stream.end(bytes);
      for (const status of await Promise.all(statuses)) assert.doesNotMatch(status, /^0 /);
    }
  });

  await attack('calls that are reset as soon as they are made, and headers without an end', async ({ call, session }) => {
    // Node's own HTTP/2 may hang up on such a peer.
    for (let round = 0; round < 10; round++) {
      for (let count = 0; count < 200 && !session.destroyed; count++) call('Hello').close(8);
      await others();
    }
    const big = Object.fromEntries(Array.from({ length: 100 }, (_, at) => [`x-${at}`, 'v'.repeat(2_000)]));
    if (!session.destroyed) assert.doesNotMatch(await statusOf(call('Hello', big)), /^0 /);
  });

  await attack('answers that nobody reads: of contents, of queries, of lists', async (peer) => {
    const session = await openNextSession(client, 'trust');
    peer.stopReading();
    const content = contentOf(large);
    const wish = framed(
      service.ReadContents.requestSerialize(readWishToWire({ session: session.session, content: contentOf(large) })),
    );
    for (let count = 0; count < 8; count++)
      peer.call('ReadContents').write(Buffer.concat(Array.from({ length: 20 }, () => wish)));
    const contents = Array.from({ length: 1_000 }, () => content);
    const query = framed(service.QueryContents.requestSerialize(contentsQueryToWire(session.session, contents)));
    for (let count = 0; count < 4; count++) peer.call('QueryContents').end(query);
    for (let count = 0; count < 20; count++) await others();
    await session.leave();
  });

  await attack('a folder is listed for one stream after the other, and not held in memory for each', async (slow) => {
    const session = await openNextSession(client, 'trust');
    const ask = (directoryId: number): Buffer =>
      service.ListChildren.requestSerialize(
        childrenQuestionToWire({ session: session.session, directoryIds: [directoryId], asOfSession: 0 }),
      );
    let many = 0;
    for await (const page of client.listChildren([
      childrenQuestionToWire({ session: session.session, directoryIds: [session.root.id], asOfSession: 0 }),
    ])) {
      many = childrenFromWire(page).children.find(({ name }) => name === 'many')?.id ?? 0;
    }
    const first = slow.call('ListChildren');
    slow.stopReading();
    first.write(framed(ask(many)));
    const second = (await rawPeer(t, socketPath)).call('ListChildren');
    let heardBytes = 0;
    second.on('data', (bytes: Buffer) => {
      heardBytes += bytes.length;
    });
    for (let count = 0; count < 5; count++) await others();
    second.end(framed(ask(many)));
    for (let count = 0; count < 20; count++) await others();
    assert.equal(heardBytes, 0, 'a second listing began while the first was not read');
    slow.session.destroy();
    await once(second, 'end');
    assert.ok(heardBytes > names * 200);
    await session.leave();
  });
});
