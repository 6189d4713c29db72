import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { brotliCompressSync, constants } from 'node:zlib';
import { encodeOps } from '@btsoot/shared/delta/ops.js';
import { PLAIN_DELIVERY } from '@btsoot/shared/model/delivery.js';
import type { Content } from '@btsoot/shared/model/entry.js';
import { limits } from '@btsoot/shared/model/limits.js';
import { inTree, type Place, type Step } from '@btsoot/shared/model/step.js';
import {
  type ApplyOrder,
  applyNewsFromWire,
  applyOrderToWire,
  childrenQuestionToWire,
  openSessionToWire,
  readWishToWire,
} from '@btsoot/shared/wire/convert.js';
import type { ApplyRequest } from '@btsoot/shared/wire/messages.js';
import { failsAs } from './fixture.js';
import {
  apply,
  contentOf,
  folder,
  folderMeta,
  meta,
  openNextSession,
  path,
  put,
  type Remote,
  serveRoot,
} from './service-fixture.js';

/* Steps that cannot be, from a source that is paired: each ends in a clear word, and leaves the block good for the next sync. */

const bytes = Buffer.from('some bytes');
const directory = { kind: 'directory', content: null } as const;
const anyFile = { kind: 'file', content: null } as const;
const stash = (slot: number): Place => ({ area: 'stash', slot });

const one = (step: Step, inline: Buffer | null = null): ApplyOrder => ({
  kind: 'steps',
  steps: [{ step, inline, delivery: null }],
  packed: null,
});
const make = (at: string): ApplyOrder => one({ kind: 'make-directory', path: path(at), meta: folderMeta });
const file = (at: string): ApplyOrder => one(put(at, bytes), bytes);
const move = (from: Place, to: Place, expect: typeof directory | typeof anyFile = directory): ApplyOrder =>
  one({ kind: 'move', from, to, expect });
const announced = (content: Content, delivery = PLAIN_DELIVERY): ApplyOrder => ({
  kind: 'steps',
  steps: [{ step: { kind: 'put', path: path('announced'), meta, content, replaces: null }, inline: null, delivery }],
  packed: null,
});

/** What became of the steps: `done`, or how each one failed. Rejects where the stream was ended. */
async function outcomes({ client }: Remote, orders: readonly ApplyOrder[]): Promise<string[]> {
  const session = await openNextSession(client, 'trust');
  try {
    const news = await apply(client, [{ kind: 'begin', session: session.session }, ...orders, { kind: 'finish' }]);
    const failed = news.flatMap((each) => (each.kind === 'committed' ? each.failures : []));
    const steps = orders.flatMap((order) => (order.kind === 'steps' ? order.steps : []));
    return steps.map((_, at) => failed.find(({ step }) => step === at)?.outcome.kind ?? 'done');
  } finally {
    await session.leave();
  }
}

/** Sends bytes that no sender of ours would: the message is as given. */
async function raw({ client }: Remote, ...requests: ApplyRequest[]): Promise<void> {
  const session = await openNextSession(client, 'trust');
  try {
    for await (const reply of client.apply([applyOrderToWire({ kind: 'begin', session: session.session }), ...requests]))
      applyNewsFromWire(reply);
  } finally {
    await session.leave();
  }
}

async function empty(remote: Remote): Promise<void> {
  const session = await openNextSession(remote.client, 'quick');
  assert.equal(session.drifted, 0);
  await session.leave();
  const names = readdirSync(join(remote.root, folder));
  const removals = names.map((name): ApplyOrder => {
    const isFolder = statSync(join(remote.root, folder, name)).isDirectory();
    return one({ kind: 'remove', at: inTree(path(name)), expect: isFolder ? directory : anyFile });
  });
  assert.deepEqual([...new Set(await outcomes(remote, removals))], names.length === 0 ? [] : ['done']);
  assert.deepEqual(readdirSync(join(remote.root, '.btsoot', 'blocks', folder, 'staging')), []);
  assert.deepEqual(readdirSync(join(remote.root, '.btsoot', 'blocks', folder, 'stash')), []);
}

test('orders that cannot be', { timeout: 300_000 }, async (t) => {
  const remote = await serveRoot(t);
  const { client, root, process } = remote;
  const attack = (name: string, work: () => Promise<void>) =>
    t.test(name, async () => {
      await work();
      assert.equal(process.child.exitCode, null);
      await empty(remote);
    });

  await attack('folders that go into themselves, into each other, and in circles', async () => {
    const build = [make('a'), make('a/b'), make('a/b/c'), make('x')];
    const done = build.map(() => 'done');
    assert.deepEqual(await outcomes(remote, build), done);
    const into = {
      move: { from: { path: Buffer.from('a') }, to: { path: Buffer.from('a/b/a') }, expect: { kind: 'DIRECTORY' } },
    } as const;
    await assert.rejects(raw(remote, { steps: { steps: [into] } }), failsAs('invalid', /into itself/));
    // Through the stash: its own inside has gone with it.
    assert.deepEqual(await outcomes(remote, [move(inTree(path('a')), stash(1)), move(stash(1), inTree(path('a/b/c/a')))]), [
      'done',
      'drift',
    ]);
    const kept = readdirSync(join(root, '.btsoot', 'blocks', folder, 'history'));
    assert.ok(kept.length > 0, 'what was left in the stash went to history');
    assert.deepEqual(await outcomes(remote, [make('p'), make('q')]), ['done', 'done']);
    assert.deepEqual(await outcomes(remote, [move(inTree(path('p')), inTree(path('q/p')))]), ['done']);
    assert.deepEqual(
      await outcomes(remote, [
        move(inTree(path('q')), stash(7)),
        move(stash(7), inTree(path('q/p/q'))),
        make('q'),
        move(stash(7), inTree(path('q/q'))),
      ]),
      ['done', 'drift', 'done', 'done'],
    );
  });

  await attack('slots of the stash that are taken, empty, or out of range', async () => {
    const steps = [file('a'), file('b'), move(inTree(path('a')), stash(1), anyFile), move(inTree(path('b')), stash(1), anyFile)];
    assert.deepEqual(await outcomes(remote, steps), ['done', 'done', 'done', 'drift']);
    assert.deepEqual(
      await outcomes(remote, [
        move(stash(9), inTree(path('c')), anyFile),
        file('c'),
        move(inTree(path('c')), stash(0xffff_ffff), anyFile),
      ]),
      ['drift', 'done', 'done'],
    );
    for (const stashSlot of [0, -1]) {
      const step = { move: { from: { path: Buffer.from('b') }, to: { stashSlot }, expect: { kind: 'FILE' } } } as const;
      await assert.rejects(
        raw(remote, { steps: { steps: [step] } }),
        stashSlot === 0 ? failsAs('invalid', /stash slot/) : () => true,
      );
    }
    const between = { move: { from: { stashSlot: 1 }, to: { stashSlot: 2 }, expect: { kind: 'FILE' } } } as const;
    await assert.rejects(raw(remote, { steps: { steps: [between] } }), failsAs('invalid', /from stash to stash/));
  });

  await attack('names and paths that cannot be, in every step that has one', async () => {
    const overlong = ['n'.repeat(256), `${'d/'.repeat(limits.pathDepthMax)}d`, `${`${'n'.repeat(250)}/`.repeat(270)}n`];
    const bad = [
      '',
      '.',
      '..',
      '/',
      '/a',
      'a/',
      'a//b',
      './a',
      'a/.',
      'a/..',
      '../a',
      'a/../../b',
      'a\0b',
      '\0',
      ...overlong,
    ].map((name) => Buffer.from(name));
    for (const name of bad) {
      const wireMeta = { mode: 0o644 };
      const content = { hash: Buffer.alloc(16), sizeBytes: 0 };
      const good = { path: Buffer.from('good') };
      const steps = [
        { makeDirectory: { path: name, meta: wireMeta } },
        { put: { path: name, meta: wireMeta, content } },
        { copy: { path: name, meta: wireMeta, content } },
        { link: { path: name, meta: wireMeta, target: Buffer.from('t') } },
        { move: { from: { path: name }, to: good, expect: { kind: 'FILE' } } },
        { move: { from: good, to: { path: name }, expect: { kind: 'FILE' } } },
        { remove: { at: { path: name }, expect: { kind: 'FILE' } } },
        ...(name.length === 0 ? [] : [{ setMetadata: { path: name, meta: wireMeta, expect: { kind: 'FILE' } } } as const]),
      ] as const;
      const session = await openNextSession(client, 'trust');
      for (const step of steps) {
        const stream = client.apply([
          applyOrderToWire({ kind: 'begin', session: session.session }),
          { steps: { steps: [step] } },
        ]);
        await assert.rejects(async () => {
          for await (const _ of stream);
        }, failsAs('invalid'));
      }
      await session.leave();
      await assert.rejects(client.createBlock(name.toString('latin1') as typeof folder), failsAs('invalid'));
      const opening = client.openSession({ ...openSessionToWire({ folder, drift: 'trust' }), folder: name });
      await assert.rejects(opening.next(), failsAs('invalid'));
    }
    assert.deepEqual(readdirSync(root).sort(), ['.btsoot', folder]);
  });

  await attack('sizes and hashes that lie', async () => {
    const content = contentOf(bytes);
    const wrong = contentOf(Buffer.from('other bytes'));
    const lie = one({ kind: 'put', path: path('lie'), meta, content: { ...content, hash: wrong.hash }, replaces: null }, bytes);
    assert.deepEqual(await outcomes(remote, [lie]), ['mismatch']);
    const data: ApplyOrder = { kind: 'data', bytes };
    assert.deepEqual(await outcomes(remote, [announced({ ...content, hash: wrong.hash }), data]), ['mismatch']);
    await assert.rejects(
      outcomes(remote, [announced({ ...content, sizeBytes: 5 }), data]),
      failsAs('invalid', /more file data came/),
    );
    await assert.rejects(
      outcomes(remote, [announced({ ...content, sizeBytes: 11 }), data]),
      failsAs('invalid', /before the last file was complete/),
    );
    const ops = encodeOps([{ kind: 'literal', lengthBytes: bytes.length }], 0);
    const patch: ApplyOrder = { kind: 'patch', ops, literals: bytes, literalsSizeBytes: 0 };
    assert.deepEqual(await outcomes(remote, [announced({ ...content, hash: wrong.hash }), patch]), ['mismatch']);
    await assert.rejects(
      outcomes(remote, [announced(content), { ...patch, literals: bytes.subarray(1) }]),
      failsAs('invalid', /literals/),
    );
    const layout = { ...PLAIN_DELIVERY, chunksDigest: '01'.repeat(16), layout: Buffer.from([14, 3, 3, 3]) };
    await assert.rejects(outcomes(remote, [announced(content, layout), data]), failsAs('invalid'));
    assert.deepEqual(readdirSync(join(root, folder)), []);
  });

  await attack('bombs: batches and literals that unpack to more than they say', async () => {
    const bomb = brotliCompressSync(Buffer.alloc(16 * 1024 * 1024), { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } });
    const content = { hash: Buffer.alloc(16), sizeBytes: 30_000 };
    const steps = [{ put: { path: Buffer.from('a'), meta: { mode: 0o644 }, content, packed: true } }];
    await assert.rejects(
      raw(remote, { steps: { steps, packed: bomb, packedSize: 30_000 } }),
      failsAs('invalid', /do not unpack/),
    );
    const literals: ApplyOrder = {
      kind: 'patch',
      ops: Buffer.from([0, 1]),
      literals: bomb,
      literalsSizeBytes: limits.unpackedSizeMaxBytes,
    };
    await assert.rejects(outcomes(remote, [announced(contentOf(bytes)), literals]), failsAs('invalid', /do not unpack/));
  });

  await attack('a file of 2^53 bytes takes no room before it is there', async () => {
    const before = statSync(join(root, folder)).blocks;
    const all = { hash: '00'.repeat(16), sizeBytes: limits.fileSizeMaxBytes };
    const zeros: ApplyOrder = {
      kind: 'patch',
      ops: encodeOps([{ kind: 'zeros', lengthBytes: 2 ** 40 }], 0),
      literals: Buffer.alloc(0),
      literalsSizeBytes: 0,
    };
    await assert.rejects(outcomes(remote, [announced(all), { kind: 'data', bytes }]), failsAs('invalid'));
    const session = await openNextSession(client, 'trust');
    const leaving = new AbortController();
    async function* requests() {
      for (const order of [{ kind: 'begin', session: session.session } as const, announced(all), zeros])
        yield applyOrderToWire(order);
      for (let count = 0; count < 10; count++) await client.hello();
      leaving.abort();
    }
    await assert.rejects(async () => {
      for await (const _ of client.apply(requests(), leaving.signal));
    }, failsAs('cancelled'));
    await session.leave();
    await (await openNextSession(client, 'trust')).leave();
    assert.equal(statSync(join(root, folder)).blocks, before);
  });

  await attack('sessions that are guessed, over, or used twice at once', async () => {
    const session = await openNextSession(client, 'trust');
    const begin = { kind: 'begin', session: session.session } as const;
    const guesses = [randomBytes(16).toString('hex'), '00'.repeat(16), 'ff'.repeat(16)];
    for (const guess of guesses) {
      await assert.rejects(apply(client, [{ ...begin, session: guess }, file('a'), { kind: 'finish' }]), failsAs('not-found'));
      const asked = [childrenQuestionToWire({ session: guess, directoryIds: [1], asOfSession: 0 })];
      await assert.rejects(client.listChildren(asked).next(), failsAs('not-found'));
      await assert.rejects(
        client.readContents([readWishToWire({ session: guess, content: contentOf(bytes) })]).next(),
        failsAs('not-found'),
      );
      await assert.rejects(client.listSessions(Buffer.from(guess, 'hex')), failsAs('not-found'));
    }
    let isSecondRefused = false;
    async function* holding() {
      yield applyOrderToWire(begin);
      yield applyOrderToWire(file('first'));
      await assert.rejects(apply(client, [begin, file('second'), { kind: 'finish' }]), failsAs('busy', /one stream at a time/));
      isSecondRefused = true;
      yield applyOrderToWire({ kind: 'finish' });
    }
    for await (const _ of client.apply(holding()));
    assert.ok(isSecondRefused);
    // All of it again, as somebody who has recorded it would.
    const replay = await apply(client, [begin, file('first'), { kind: 'finish' }]);
    assert.equal(replay.flatMap((each) => (each.kind === 'committed' ? each.failures : []))[0]?.outcome.kind, 'drift');
    await session.leave();
    // Its lease is free when all of it has ended.
    await (await openNextSession(client, 'trust')).leave();
    await assert.rejects(apply(client, [begin, file('late'), { kind: 'finish' }]), failsAs('not-found'));
    assert.deepEqual(readdirSync(join(root, folder)), ['first']);
    assert.deepEqual(readFileSync(join(root, folder, 'first')), bytes);
  });

  await attack('steps behind the end are not taken', async () => {
    const session = await openNextSession(client, 'trust');
    const news = await apply(client, [
      { kind: 'begin', session: session.session },
      file('a'),
      { kind: 'finish' },
      file('behind'),
      make('behind too'),
    ]);
    assert.equal(news.at(-1)?.kind, 'finished');
    await session.leave();
    assert.deepEqual(readdirSync(join(root, folder)), ['a']);
  });
});
