import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { type ChunkList, packChunks } from '@btsoot/shared/delta/chunk-list.js';
import { SignatureMaker } from '@btsoot/shared/delta/signature.js';
import { applyOps, cut, literalBytes, literalsOf } from '@btsoot/shared/delta/testing.js';
import { TreeRoot } from '@btsoot/shared/disk/tree-root.js';
import { Manifest, ROOT_ID } from '@btsoot/shared/manifest/manifest.js';
import { fromText, type Name, type TreePath } from '@btsoot/shared/model/bytes.js';
import type { Partial } from '@btsoot/shared/model/delivery.js';
import { type Content, contentKey } from '@btsoot/shared/model/entry.js';
import { tree } from '@btsoot/shared/model/memory-tree.js';
import { SILENT } from '@btsoot/shared/model/progress.js';
import type { FileStep, PlannedStep } from '@btsoot/shared/model/step.js';
import { hashBytes } from '@btsoot/shared/model/xxh3.js';
import { signatureNewsToWire, signatureWishFromWire } from '@btsoot/shared/wire/convert.js';
import { opens, sessionWith } from '../fake-remote.js';
import { temporaryDirectory } from '../fixtures.js';
import { scanFolder } from '../manifests.js';
import { Bases } from './basis.js';
import type { Prepared } from './delivery.js';
import { Deltas } from './deltas.js';
import { rememberList } from './lists.js';
import { RemoteLists } from './remote-lists.js';
import { Questions } from './signatures.js';

const META = { mode: 0o644, uid: 0, gid: 0, mtimeUs: 0, xattrs: '' };
const AVERAGE_BYTES = 16 * 1024;

function random(sizeBytes: number, seed: number): Buffer {
  let state = seed;
  return Buffer.from(
    Array.from({ length: sizeBytes }, () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state >>> 24;
    }),
  );
}

function contentOf(bytes: Buffer): Content {
  return { hash: hashBytes(bytes), sizeBytes: bytes.length };
}

/** What the remote holds: answers from the bytes themselves. */
class Held {
  readonly #contents = new Map<string, Buffer>();
  readonly #lists = new Map<string, ChunkList>();
  asked = 0;
  isSilent = false;
  /** Of each signature, only so much is answered. */
  cutBytes = Infinity;

  add(content: Content, bytes: Buffer | null, list: ChunkList | null, partial = false): void {
    if (bytes !== null) this.#contents.set(`${contentKey(content)} ${partial}`, bytes);
    if (list !== null) this.#lists.set(`${contentKey(content)} ${partial}`, list);
  }

  bytes(basis: { content: Content; partial: boolean }): Buffer {
    return this.#contents.get(`${contentKey(basis.content)} ${basis.partial}`) ?? assert.fail('an unknown basis');
  }

  answer(wish: ReturnType<typeof signatureWishFromWire>): Buffer | null {
    this.asked++;
    const key = `${contentKey(wish.basis.content)} ${wish.basis.partial}`;
    const list = this.#lists.get(key);
    const bytes = this.#contents.get(key);
    if (wish.kind === 'chunks') return list === undefined ? null : packChunks(list);
    if (bytes === undefined) return null;
    const signatures = wish.regions.map((region) => {
      const maker = new SignatureMaker(region);
      maker.update(bytes.subarray(region.from, region.from + region.lengthBytes));
      return maker.finish();
    });
    return Buffer.concat(signatures).subarray(0, this.cutBytes);
  }
}

/** A source with one scanned file, a replica, and a remote in memory. */
async function world(t: TestContext, bytes: Buffer, partials: readonly Partial[] = [], silenceMaxMs?: number) {
  const directory = temporaryDirectory();
  mkdirSync(path.join(directory, 'tree'));
  writeFileSync(path.join(directory, 'tree', 'file'), bytes);
  const source = Manifest.open(path.join(directory, 'source.db'));
  const replica = Manifest.open(path.join(directory, 'replica.db'));
  const sourceRoot = TreeRoot.open(fromText(path.join(directory, 'tree')));
  await scanFolder(
    { root: sourceRoot, manifest: source, filter: null },
    { report: SILENT, signal: new AbortController().signal },
  );
  const held = new Held();
  const session = await sessionWith(t, {
    openSession: opens(tree()),
    async *readSignatures(requests) {
      for await (const request of requests) {
        const answer = held.answer(signatureWishFromWire(request));
        if (held.isSilent) continue;
        if (answer === null) yield signatureNewsToWire({ kind: 'missing', message: 'it is not here' });
        else yield signatureNewsToWire({ kind: 'data', bytes: answer, last: true });
      }
    },
  });
  const questions = new Questions(session, silenceMaxMs);
  t.after(async () => {
    await questions.close();
    sourceRoot.close();
    source.close();
    replica.close();
  });

  /** In the replica's tree, with its list where it has one. */
  const mirror = (name: string, content: Content, list: ChunkList | null): void => {
    replica.insert(ROOT_ID, name as Name, { kind: 'file', meta: META, content }, null);
    if (list !== null) rememberList(replica, content, packChunks(list), list);
  };
  const prepare = async (replaced: Content | null, distrusted: ReadonlySet<string> = new Set()): Promise<Prepared> => {
    const replaces = replaced === null ? null : ({ kind: 'file', content: replaced } as const);
    const content = contentOf(bytes);
    const step: FileStep = { kind: 'put', path: 'file' as TreePath, meta: META, content, replaces };
    const originId = source.lookup('file' as TreePath)?.id ?? null;
    const planned: PlannedStep = { step, originId, targetId: null, wireBytes: bytes.length, lostEntries: 0 };
    const bases = new Bases({ source, replica, partials });
    const lists = new RemoteLists({ replica, questions, partials });
    const deltas = new Deltas({ sourceRoot, source, bases, lists, questions, distrusted });
    const prepared = await deltas.prepare(planned, step, new AbortController().signal);
    const basesBytes = prepared.delivery.bases.map((basis) => held.bytes(basis));
    assert.ok(applyOps(prepared.ops, basesBytes, literalsOf(prepared.ops, bytes)).equals(bytes));
    return prepared;
  };
  return { held, mirror, prepare, replica, file: path.join(directory, 'tree', 'file') };
}

const old = random(1_000_000, 1);
const oldContent = contentOf(old);
const oldList = cut(old, AVERAGE_BYTES);
const edited = Buffer.concat([old.subarray(0, 300_000), Buffer.from('!'), old.subarray(300_001)]);
const inserted = Buffer.concat([Buffer.from('inserted'), old]);

test('one byte in the middle: one question, one block, and the delivery is positional', async (t) => {
  const { held, mirror, prepare } = await world(t, edited);
  held.add(oldContent, old, null);
  mirror('file', oldContent, oldList);
  const { delivery, ops } = await prepare(oldContent);
  assert.deepEqual(delivery.bases, [{ content: oldContent, partial: false }]);
  assert.ok(delivery.positional && delivery.chunksDigest !== null);
  assert.ok(literalBytes(ops) < 2_048);
  assert.equal(held.asked, 1);
});

test('an append asks nothing', async (t) => {
  const { held, mirror, prepare } = await world(t, Buffer.concat([old, random(5_000, 2)]));
  held.add(oldContent, old, null);
  mirror('file', oldContent, oldList);
  const { ops } = await prepare(oldContent);
  assert.equal(literalBytes(ops), 5_000);
  assert.equal(held.asked, 0);
});

test('a list that only the remote has is asked for, and kept', async (t) => {
  const { held, mirror, prepare, replica } = await world(t, inserted);
  held.add(oldContent, old, oldList);
  mirror('file', oldContent, null);
  assert.ok(literalBytes((await prepare(oldContent)).ops) < 2_048);
  assert.deepEqual(replica.chunks(oldContent), packChunks(oldList));
});

test('without any list, the old content is described as a whole', async (t) => {
  const { held, mirror, prepare } = await world(t, inserted);
  held.add(oldContent, old, null);
  mirror('file', oldContent, null);
  assert.ok(literalBytes((await prepare(oldContent)).ops) < 8_192);
});

test('a content of another name that shares chunks is found', async (t) => {
  const { held, mirror, prepare } = await world(t, inserted);
  held.add(oldContent, old, null);
  mirror('elsewhere', oldContent, oldList);
  const { delivery, ops } = await prepare(null);
  assert.ok(literalBytes(ops) < 2_048 && !delivery.positional);
});

test('what the remote does not have any more is no basis', async (t) => {
  const { mirror, prepare } = await world(t, edited);
  mirror('file', oldContent, oldList);
  const { delivery, ops } = await prepare(oldContent);
  assert.deepEqual(delivery.bases, []);
  assert.equal(literalBytes(ops), edited.length);
});

test('what an earlier delivery has left comes first, and is asked nothing about', async (t) => {
  const content = contentOf(edited);
  const durableBytes = 600_000;
  const { held, prepare } = await world(t, edited, [{ content, durableBytes }]);
  held.add(content, edited.subarray(0, durableBytes), null, true);
  const { delivery, ops } = await prepare(null);
  assert.deepEqual(delivery.bases, [{ content, partial: true }]);
  const [first] = ops;
  assert.ok(first?.kind === 'copy' && first.from === 0 && first.lengthBytes > durableBytes - 8 * AVERAGE_BYTES);
  assert.equal(literalBytes(ops), edited.length - first.lengthBytes);
  assert.equal(held.asked, 0);
});

test('what is left of another version is a basis like others', async (t) => {
  const durableBytes = oldList.ends[30] ?? 0;
  const { held, prepare } = await world(t, inserted, [{ content: oldContent, durableBytes }]);
  const start = old.subarray(0, durableBytes);
  held.add(
    oldContent,
    start,
    { ...oldList, ends: oldList.ends.subarray(0, 31), hashes: oldList.hashes.subarray(0, 31 * 16) },
    true,
  );
  const { delivery, ops } = await prepare(null);
  assert.deepEqual(delivery.bases, [{ content: oldContent, partial: true }]);
  assert.ok(literalBytes(ops) < inserted.length - durableBytes + 8_192);
});

test('a part that was left and is gone when it is asked about is no basis either', { timeout: 60_000 }, async (t) => {
  const durableBytes = oldList.ends[30] ?? 0;
  const { held, prepare } = await world(t, edited, [{ content: oldContent, durableBytes }]);
  held.add(
    oldContent,
    null,
    { ...oldList, ends: oldList.ends.subarray(0, 31), hashes: oldList.hashes.subarray(0, 31 * 16) },
    true,
  );
  assert.deepEqual((await prepare(null)).delivery.bases, []);
});

test('holes of a new file are known from its chunks', async (t) => {
  const bytes = Buffer.concat([random(300_000, 3), Buffer.alloc(2_000_000)]);
  const { prepare } = await world(t, bytes);
  assert.ok(literalBytes((await prepare(null)).ops) < 400_000);
});

test('a content whose last delivery came to something else is sent whole', async (t) => {
  const { held, mirror, prepare } = await world(t, edited);
  held.add(oldContent, old, null);
  mirror('file', oldContent, oldList);
  const { delivery, ops } = await prepare(oldContent, new Set([contentKey(contentOf(edited))]));
  assert.deepEqual([delivery.bases.length, literalBytes(ops), held.asked], [0, edited.length, 0]);
});

test('a file too small for chunks is compared with what it replaces', async (t) => {
  const small = old.subarray(0, 100_000);
  const { held, mirror, prepare } = await world(
    t,
    Buffer.concat([small.subarray(0, 50_000), Buffer.from('!'), small.subarray(50_000)]),
  );
  held.add(contentOf(small), small, null);
  mirror('file', contentOf(small), null);
  const { delivery, ops } = await prepare(contentOf(small));
  assert.ok(literalBytes(ops) < 2_048 && delivery.chunksDigest === null);
});

test('a file that cannot be read here is left to the sending', async (t) => {
  const { held, mirror, prepare, file } = await world(t, edited);
  held.add(oldContent, old, null);
  mirror('file', oldContent, oldList);
  rmSync(file);
  assert.deepEqual((await prepare(oldContent)).delivery.bases, []);
});

test('where the remote never answers, what lists tell is used', { timeout: 60_000 }, async (t) => {
  const { held, mirror, prepare } = await world(t, edited, [], 50);
  held.add(oldContent, old, null);
  held.isSilent = true;
  mirror('file', oldContent, oldList);
  const { delivery, ops } = await prepare(oldContent);
  assert.deepEqual(delivery.bases, [{ content: oldContent, partial: false }]);
  assert.ok(literalBytes(ops) > 2_048 && literalBytes(ops) <= 8 * AVERAGE_BYTES);
  assert.equal(held.asked, 1);
});

test('an answer that is shorter than what was asked is none: the file goes whole', async (t) => {
  const { held, mirror, prepare } = await world(t, edited);
  held.add(oldContent, old, null);
  held.cutBytes = 7;
  mirror('file', oldContent, oldList);
  const { delivery, ops } = await prepare(oldContent);
  assert.deepEqual([delivery.bases.length, literalBytes(ops)], [0, edited.length]);
});

test('a list that is longer than its content can be the reason for ends the asking', async (t) => {
  const { held, mirror, prepare } = await world(t, inserted);
  held.add(oldContent, old, cut(old, 64));
  mirror('file', oldContent, null);
  await assert.rejects(prepare(oldContent), { kind: 'invalid' });
});
