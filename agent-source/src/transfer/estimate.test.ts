import assert from 'node:assert/strict';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { type ChunkList, packChunks } from '@btsoot/shared/delta/chunk-list.js';
import { listWith } from '@btsoot/shared/delta/testing.js';
import { Manifest, ROOT_ID } from '@btsoot/shared/manifest/manifest.js';
import type { Name, TreePath } from '@btsoot/shared/model/bytes.js';
import type { Partial } from '@btsoot/shared/model/delivery.js';
import type { Content } from '@btsoot/shared/model/entry.js';
import type { Plan, PlannedStep } from '@btsoot/shared/model/step.js';
import { hashBytes } from '@btsoot/shared/model/xxh3.js';
import { summarize } from '@btsoot/shared/reconcile/summary.js';
import { temporaryDirectory } from '../fixtures.js';
import { Bases } from './basis.js';
import { estimate } from './estimate.js';
import { rememberList } from './lists.js';

const META = { mode: 0o644, uid: 0, gid: 0, mtimeUs: 0, xattrs: '' };
const CHUNK_BYTES = 20_000;
const SIGNAL = new AbortController().signal;

/** A content of chunks, each filled with one byte. */
function version(...fills: readonly number[]): { content: Content; list: ChunkList } {
  const bytes = Buffer.concat(fills.map((fill) => Buffer.alloc(CHUNK_BYTES, fill)));
  const list = listWith(
    bytes,
    fills.map((_, index) => (index + 1) * CHUNK_BYTES),
    16_384,
  );
  return { content: { hash: hashBytes(bytes), sizeBytes: bytes.length }, list };
}

const numbers = (from: number, count: number): number[] => Array.from({ length: count }, (_, index) => from + index);

function manifests(t: TestContext) {
  const directory = temporaryDirectory();
  const source = Manifest.open(path.join(directory, 'source.db'));
  const replica = Manifest.open(path.join(directory, 'replica.db'));
  t.after(() => {
    source.close();
    replica.close();
  });
  let count = 0;
  const add = (to: Manifest, { content, list }: ReturnType<typeof version>): void => {
    to.insert(ROOT_ID, `f${count++}` as Name, { kind: 'file', meta: META, content }, null);
    rememberList(to, content, packChunks(list), list);
  };
  return { source, replica, add };
}

function planOf(...puts: readonly { content: Content; replaced: Content | null }[]): Plan {
  const steps = puts.map(({ content, replaced }): PlannedStep => {
    const replaces = replaced === null ? null : ({ kind: 'file', content: replaced } as const);
    const step = { kind: 'put', path: 'f' as TreePath, meta: META, content, replaces } as const;
    return { step, originId: 1, targetId: null, wireBytes: content.sizeBytes, lostEntries: 0 };
  });
  return { steps, summary: summarize(steps, { movedBytes: 1_000, keptEntries: 0, removedBytes: 0 }), digest: 'of the plan' };
}

test('a put costs the chunks that nothing on the remote has', async (t) => {
  const { source, replica, add } = manifests(t);
  const before = version(...numbers(0, 20));
  const after = version(...numbers(0, 10), 100, ...numbers(11, 9), 101);
  const like = version(...numbers(5, 15), 102, 103);
  const fresh = version(...numbers(150, 15));
  for (const one of [after, like, fresh]) add(source, one);
  add(replica, before);
  const plan = planOf(
    { content: after.content, replaced: before.content },
    { content: like.content, replaced: null },
    { content: fresh.content, replaced: null },
  );
  const estimated = await estimate(plan, new Bases({ source, replica, partials: [] }), SIGNAL);
  assert.deepEqual(
    [...estimated.steps].map(({ wireBytes }) => wireBytes),
    [2 * CHUNK_BYTES, 2 * CHUNK_BYTES, 15 * CHUNK_BYTES],
  );
  const { wireBytes, storeBytes, savedBytes } = estimated.summary;
  assert.deepEqual([wireBytes, storeBytes, savedBytes], [19 * CHUNK_BYTES, 53 * CHUNK_BYTES, 34 * CHUNK_BYTES + 1_000]);
  assert.equal(estimated.digest, plan.digest);
});

test('what was received before costs nothing again', async (t) => {
  const { source, replica, add } = manifests(t);
  const film = version(...numbers(0, 20));
  add(source, film);
  const partials: Partial[] = [{ content: film.content, durableBytes: 15 * CHUNK_BYTES }];
  const plan = planOf({ content: film.content, replaced: null });
  const { summary } = await estimate(plan, new Bases({ source, replica, partials }), SIGNAL);
  assert.equal(summary.wireBytes, 5 * CHUNK_BYTES);
});

test('where nothing is known, all is sent: small files, and files that nobody has a list of', async (t) => {
  const { source, replica } = manifests(t);
  const small = { hash: '01'.repeat(16), sizeBytes: 1_000 };
  const large = { hash: '02'.repeat(16), sizeBytes: 10_000_000 };
  const plan = planOf({ content: small, replaced: small }, { content: large, replaced: large });
  assert.equal(await estimate(plan, new Bases({ source, replica, partials: [] }), SIGNAL), plan);
});

test('alike contents are found after the replica has forgotten them', (t) => {
  const { source, replica, add } = manifests(t);
  const before = version(...numbers(0, 20));
  const after = version(...numbers(0, 19), 100);
  add(source, after);
  add(replica, before);
  const bases = new Bases({ source, replica, partials: [] });
  const [{ step }] = planOf({ content: after.content, replaced: null }).steps as [PlannedStep];
  assert.ok(step.kind === 'put');
  assert.deepEqual(
    bases.choose(step).candidates.map(({ list }) => list?.ends.length),
    [20],
  );
  for (const row of replica.rows(ROOT_ID)) replica.remove(row.id);
  assert.deepEqual(
    bases.choose(step).candidates.map(({ basis, list }) => [basis.content, list]),
    [[before.content, null]],
  );
});
