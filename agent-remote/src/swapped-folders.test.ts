import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { lstatSync, mkdirSync, readdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { fromText, type TreePath } from '@btsoot/shared/model/bytes.js';
import { inTree, type Step } from '@btsoot/shared/model/step.js';
import type { RemoteClient } from '@btsoot/shared/wire/client.js';
import {
  type ApplyOrder,
  childrenFromWire,
  childrenQuestionToWire,
  openSessionToWire,
  readNewsFromWire,
  readWishToWire,
  sessionNewsFromWire,
} from '@btsoot/shared/wire/convert.js';
import { BlockStore } from './blocks.js';
import { temporaryFolder } from './fixture.js';
import { layoutOf } from './layout.js';
import { apply, contentOf, folder, folderMeta, meta, openNextSession, path, put, serveRoot } from './service-fixture.js';

/*
 * Somebody may write to the disk beside us: whatever symlinks he puts in a folder's place, and whenever, nothing outside of
 * a block is made, changed, read or listed.
 */

const SECRET = 'a secret that nobody is to see';
const VICTIM_FILES = ['same', 'old', 'new', 'removed', 'copy'];

/** A folder beside the root with the names that the tests use; says later whether it is as it was, to the nanosecond. */
function makeVictim(t: TestContext): { victim: string; assertUntouched(): void } {
  const victim = temporaryFolder(t);
  mkdirSync(join(victim, 'deep'));
  for (const name of VICTIM_FILES) for (const at of ['', 'deep']) writeFileSync(join(victim, at, name), SECRET);
  const looked = (): unknown =>
    ['', ...readdirSync(victim, { recursive: true, encoding: 'utf8' }).sort()].map((name) => {
      const stats = lstatSync(join(victim, name), { bigint: true });
      const { ino, mode, uid, gid, nlink, size, mtimeNs, ctimeNs } = stats;
      return {
        name,
        ino,
        mode,
        uid,
        gid,
        nlink,
        size,
        mtimeNs,
        ctimeNs,
        bytes: stats.isFile() ? readFileSync(join(victim, name)) : null,
      };
    });
  const before = looked();
  return { victim, assertUntouched: () => assert.deepEqual(looked(), before) };
}

async function startSwapping(t: TestContext, at: string, elsewhere: string): Promise<() => Promise<void>> {
  const script = fileURLToPath(new URL('./swapping.js', import.meta.url));
  const child = spawn(process.execPath, [script, at, elsewhere], { stdio: ['pipe', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  const stop = async (): Promise<void> => {
    child.stdin.end();
    await exited;
  };
  t.after(() => child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  return stop;
}

const asOrder = (step: Step, inline: Buffer | null = null): ApplyOrder => ({
  kind: 'steps',
  steps: [{ step, inline, delivery: null }],
  packed: null,
});

/** Everything that a source may have done in a folder, each as its own group, whatever becomes of it. */
function ordersIn(at: string, session: string, round: number): ApplyOrder[] {
  const [before, after] = [Buffer.from(`before ${round - 1}`), Buffer.from(`before ${round}`)];
  const expect = (bytes: Buffer) => ({ kind: 'file', content: contentOf(bytes) }) as const;
  const removed = Buffer.from('removed');
  return [
    { kind: 'begin', session },
    asOrder({ kind: 'make-directory', path: path(at), meta: folderMeta }),
    asOrder({ kind: 'make-directory', path: path(`${at}/deep`), meta: folderMeta }),
    asOrder({
      kind: 'set-metadata',
      path: path(at),
      meta: { ...folderMeta, mode: 0o750 + (round % 2) },
      expect: { kind: 'directory', content: null },
    }),
    asOrder(put(`${at}/old`, after, round === 1 ? null : contentOf(before)), after),
    asOrder(put(`${at}/deep/new-${round}`, after), after),
    asOrder(put(`${at}/removed`, removed), removed),
    asOrder({ kind: 'copy', path: path(`${at}/copy-${round}`), meta, content: contentOf(removed), replaces: null }),
    asOrder({ kind: 'link', path: path(`${at}/link-${round}`), meta, target: 'nowhere', replaces: null }),
    asOrder({
      kind: 'move',
      from: inTree(path(`${at}/deep/new-${round}`)),
      to: inTree(path(`${at}/moved-${round}`)),
      expect: expect(after),
    }),
    asOrder({ kind: 'remove', at: inTree(path(`${at}/removed`)), expect: expect(removed) }),
    { kind: 'finish' },
  ];
}

async function listAll(client: RemoteClient, session: string, rootId: number): Promise<string[]> {
  const names: string[] = [];
  for (let ids = [rootId]; ids.length > 0; ) {
    const next: number[] = [];
    for await (const page of client.listChildren([
      childrenQuestionToWire({ session, directoryIds: ids.slice(0, 256), asOfSession: 0 }),
    ])) {
      for (const child of childrenFromWire(page).children) {
        names.push(child.name);
        if (child.kind === 'directory') next.push(child.id);
      }
    }
    ids = next;
  }
  return names;
}

async function readAll(client: RemoteClient, session: string, bytes: Buffer): Promise<string> {
  let read = '';
  for await (const reply of client.readContents([readWishToWire({ session, content: contentOf(bytes) })])) {
    const news = readNewsFromWire(reply);
    if (news.kind === 'data') read += news.bytes.toString();
  }
  return read;
}

test('a folder that is swapped for a symlink while sessions write, list and read', { timeout: 120_000 }, async (t) => {
  const { root, client } = await serveRoot(t);
  const { victim, assertUntouched } = makeVictim(t);
  mkdirSync(join(root, folder, 'd'));
  // Known to the manifest with the victim's size: what would be read if the folder were followed is the secret.
  const same = Buffer.alloc(SECRET.length, 's');
  writeFileSync(join(root, folder, 'd', 'same'), same);
  await (await openNextSession(client)).leave();
  const stop = await startSwapping(t, join(root, folder, 'd'), victim);
  let done = 0;
  for (let round = 1; round <= 14; round++) {
    const session = await openNextSession(client, round % 2 === 0 ? 'quick' : 'trust');
    for (const reply of await apply(client, ordersIn('d', session.session, round))) {
      if (reply.kind === 'committed') done += reply.steps - reply.failures.length;
    }
    assert.doesNotMatch(await readAll(client, session.session, same), /secret/);
    const names = await listAll(client, session.session, session.root.id);
    assert.ok(!names.includes('copy') && !names.includes('new'), String(names));
    await session.leave();
  }
  await stop();
  assertUntouched();
  assert.ok(done > 0, 'nothing was ever written, so nothing was tried');

  // What is left is a tree like any other.
  const session = await openNextSession(client);
  const last = Buffer.from('last');
  const news = await apply(client, [
    { kind: 'begin', session: session.session },
    asOrder(put('last', last), last),
    { kind: 'finish' },
  ]);
  assert.equal(news.at(-1)?.kind, 'finished');
  assert.deepEqual(readFileSync(join(root, folder, 'last')), last);
});

test('a folder above a block that is swapped for a symlink while sessions open', { timeout: 120_000 }, async (t) => {
  const { root, client } = await serveRoot(t);
  const { victim, assertUntouched } = makeVictim(t);
  const block = 'shared/deep' as TreePath;
  await client.createBlock(block);
  const stop = await startSwapping(t, join(root, 'shared'), victim);
  let opened = 0;
  for (let round = 1; round <= 30; round++) {
    await client.createBlock(block).catch(() => undefined);
    const leaving = new AbortController();
    const stream = client.openSession(openSessionToWire({ folder: block, drift: 'quick' }), leaving.signal);
    try {
      const event = await stream.next();
      const news = event.done === true ? null : sessionNewsFromWire(event.value);
      if (news?.kind !== 'opened') continue;
      opened++;
      const bytes = Buffer.from(`round ${round}`);
      const orders = [asOrder(put(`old-${round}`, bytes), bytes), asOrder(put('new', bytes), bytes)];
      await apply(client, [{ kind: 'begin', session: news.session }, ...orders, { kind: 'finish' }]);
      const names = await listAll(client, news.session, news.root.id);
      assert.ok(!names.includes('same') && !names.includes('copy'), String(names));
    } catch (error) {
      assert.ok(['refused', 'busy', 'drift', 'exists', 'io'].includes((error as { kind: string }).kind), String(error));
    } finally {
      leaving.abort();
      await stream.next().catch(() => undefined);
    }
  }
  await stop();
  assertUntouched();
  assert.ok(opened > 0, 'no session was ever opened, so nothing was tried');
});

test('a block that is open stays in its folder when a symlink takes the place of one on the way there', (t) => {
  const root = temporaryFolder(t);
  const { victim, assertUntouched } = makeVictim(t);
  const store = new BlockStore(layoutOf(root));
  t.after(() => store.close());
  store.create('shared/deep' as TreePath);
  const { block, release } = store.hold('shared/deep' as TreePath);
  renameSync(join(root, 'shared'), join(root, 'moved'));
  symlinkSync(victim, join(root, 'shared'));
  block.tree.at(path('file'), (place) => writeFileSync(place, 'inside'));
  writeFileSync(Buffer.concat([Buffer.from(block.tree.path, 'latin1'), Buffer.from('/other')]), 'inside');
  release();
  assert.deepEqual(readdirSync(join(root, 'moved', 'deep')), ['file', 'other']);
  assert.throws(() => store.hold('shared/deep' as TreePath), { kind: 'refused' });
  assertUntouched();
});

test('a symlink that a source has made is no way out, whatever it points to', { timeout: 60_000 }, async (t) => {
  const { root, client } = await serveRoot(t);
  const { victim, assertUntouched } = makeVictim(t);
  const session = await openNextSession(client);
  const targets = [victim, '/', '..', '../..', '../.btsoot', `/proc/self/root${victim}`, '/proc/self/cwd', '.'];
  const orders = targets.flatMap((target, at): ApplyOrder[] => {
    const link = `link-${at}`;
    const bytes = Buffer.from('written through');
    const expect = { kind: 'file', content: null } as const;
    return [
      asOrder({ kind: 'link', path: path(link), meta, target: fromText(target), replaces: null }),
      asOrder(put(`${link}/through`, bytes), bytes),
      asOrder(put(`${link}/same`, bytes, contentOf(Buffer.from(SECRET))), bytes),
      asOrder({ kind: 'make-directory', path: path(`${link}/made`), meta: folderMeta }),
      asOrder({ kind: 'remove', at: inTree(path(`${link}/old`)), expect }),
      asOrder({ kind: 'move', from: inTree(path(`${link}/old`)), to: inTree(path(`stolen-${at}`)), expect }),
      asOrder({
        kind: 'move',
        from: inTree(path(link)),
        to: { area: 'stash', slot: at + 1 },
        expect: { kind: 'symlink', content: null },
      }),
      asOrder({
        kind: 'move',
        from: { area: 'stash', slot: at + 1 },
        to: inTree(path(link)),
        expect: { kind: 'symlink', content: null },
      }),
      asOrder({
        kind: 'set-metadata',
        path: path(link),
        meta: { ...meta, mode: 0o777 },
        expect: { kind: 'symlink', content: null },
      }),
      asOrder({ kind: 'set-metadata', path: path(`${link}/old`), meta: { ...meta, mode: 0o777 }, expect }),
      asOrder({ kind: 'link', path: path(`${link}/again`), meta, target: 'x', replaces: null }),
      asOrder({ kind: 'copy', path: path(`copied-${at}`), meta, content: contentOf(Buffer.from(SECRET)), replaces: null }),
    ];
  });
  const news = await apply(client, [{ kind: 'begin', session: session.session }, ...orders, { kind: 'finish' }]);
  assert.equal(news.at(-1)?.kind, 'finished');
  const names = targets.map((_, at) => `link-${at}`);
  assert.deepEqual(readdirSync(join(root, folder)).sort(), names.sort());
  assert.deepEqual(readdirSync(root).sort(), ['.btsoot', folder]);
  await session.leave();
  const next = await openNextSession(client);
  assert.equal(next.drifted, 0);
  assert.deepEqual((await listAll(client, next.session, next.root.id)).sort(), names);
  assert.equal(await readAll(client, next.session, Buffer.from(SECRET)), '');
  assertUntouched();
});
