import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { type ChunkList, listDigest, packChunks } from '../delta/chunk-list.js';
import { encodeLayout, type Layout, LayoutReader } from '../delta/layout.js';
import { TreeRoot } from '../disk/tree-root.js';
import { Manifest, ROOT_ID } from '../manifest/manifest.js';
import { fromText, type Name, type TreePath } from '../model/bytes.js';
import type { Content } from '../model/entry.js';
import type { FileStep } from '../model/step.js';
import { hashBytes, hashToBytes } from '../model/xxh3.js';
import type { Action, StepResult } from './action.js';
import { openArea } from './area.js';
import { type Holdings, openContent } from './content-reader.js';
import { META } from './fixture.js';
import { GroupCommit } from './group-commit.js';
import { InPlacePatch } from './in-place.js';
import { Staging } from './staging.js';

/** A tree whose files are patched in place, without an applier: files of any size, that the applier would write anew. */
export interface PatchBench extends Holdings {
  readonly home: string;
  readonly staging: Staging;
  readonly commit: GroupCommit;
  close(): void;
}

export const contentOf = (bytes: Buffer): Content => ({ hash: hashBytes(bytes), sizeBytes: bytes.length });

export function temporaryHome(t: TestContext): string {
  const home = mkdtempSync(join(tmpdir(), 'btsoot-patch-'));
  t.after(() => rmSync(home, { recursive: true, force: true }));
  return home;
}

/** Opens what lies in `home`, and makes what is missing. Times are told by `now`, in microseconds. */
export function openPatchBench(home: string, now = (): number => Date.now() * 1000): PatchBench {
  mkdirSync(join(home, 'tree'), { recursive: true });
  const tree = TreeRoot.open(fromText(join(home, 'tree')));
  const area = openArea(fromText(join(home, 'area')));
  const manifest = Manifest.open(join(home, 'manifest.db'));
  const staging = new Staging(area.staging.path, { chown: false });
  const options = { tree, manifest, area, chown: false, hardLinks: true, sourceName: 'nas', now };
  const commit = new GroupCommit(options, staging);
  const close = (): void => {
    manifest.close();
    area.close();
    tree.close();
  };
  return { home, tree, area, manifest, staging, commit, close };
}

/** Any cut is a valid one. */
export function listOf(bytes: Buffer, chunkBytes = 1_000): ChunkList {
  const count = Math.ceil(bytes.length / chunkBytes);
  const ends = Float64Array.from({ length: count }, (_, index) => Math.min((index + 1) * chunkBytes, bytes.length));
  const hashes = Array.from({ length: count }, (_, index) =>
    hashToBytes(bytes.subarray(index * chunkBytes, (index + 1) * chunkBytes)),
  );
  return { averageBytes: 1_024, ends, hashes: Buffer.concat(hashes) };
}

/** Puts a file into the tree and the manifest, as if it had been delivered long ago. */
export function plant({ home, tree, manifest }: PatchBench, name: string, bytes: Buffer): void {
  writeFileSync(join(home, 'tree', name), bytes);
  const entry = { kind: 'file', meta: META, content: contentOf(bytes) } as const;
  manifest.insert(ROOT_ID, name as Name, entry, tree.lstat(name as TreePath));
  manifest.setChunks(entry.content, packChunks(listOf(bytes)));
}

export function layoutFor(made: ChunkList, old: ChunkList): Layout {
  const reader = new LayoutReader(made.ends.at(-1) ?? 0, [old]);
  reader.push(encodeLayout(made, [old]));
  return reader.layout ?? assert.fail('the layout is not complete');
}

export function patchStep(name: string, old: Content, made: Content): FileStep {
  return { kind: 'put', path: name as TreePath, meta: META, content: made, replaces: { kind: 'file', content: old } };
}

export function openPatch(bench: PatchBench, name: string, old: Buffer, made: Buffer): Promise<InPlacePatch> {
  const list = listOf(made);
  return InPlacePatch.open({
    holdings: bench,
    staging: bench.staging,
    step: patchStep(name, contentOf(old), contentOf(made)),
    layout: layoutFor(list, listOf(old)),
    chunksDigest: listDigest(list),
    signal: null,
  });
}

/** Feeds a sink what differs, byte by byte. */
export async function feed(sink: InPlacePatch, old: Buffer, made: Buffer): Promise<void> {
  for (let at = 0; at < made.length; ) {
    const isSame = at < old.length && old[at] === made[at];
    let end = at + 1;
    while (end < made.length && (end < old.length && old[end] === made[end]) === isSame) end++;
    const bytes = made.subarray(at, end);
    if (isSame) await sink.copy(0, at, end - at);
    else if (bytes.every((byte) => byte === 0)) await sink.zeros(end - at);
    else await sink.literal(bytes);
    at = end;
  }
}

/** Stages a patch, ready for `commit.run`. */
export async function stagePatch(bench: PatchBench, name: string, old: Buffer, made: Buffer, index = 0): Promise<Action> {
  const sink = await openPatch(bench, name, old, made);
  await feed(sink, old, made);
  const staged = await sink.complete();
  return { index, step: patchStep(name, contentOf(old), contentOf(made)), rowId: null, staged, slot: bench.commit.newSlot() };
}

/** One session that patches one file. */
export async function patch(bench: PatchBench, name: string, old: Buffer, made: Buffer): Promise<StepResult['outcome']> {
  const action = await stagePatch(bench, name, old, made);
  const [result] = bench.commit.run([action], [{ content: contentOf(made), packed: packChunks(listOf(made)) }]);
  bench.commit.end(1);
  return result?.outcome ?? assert.fail('there is no result');
}

export function readAll(holdings: Holdings, content: Content): Buffer {
  const opened = openContent(holdings, content);
  try {
    const bytes = Buffer.alloc(opened.sizeBytes);
    // Pieces that neither chunks nor blocks end with.
    for (let at = 0; at < bytes.length; ) at += opened.read(bytes.subarray(at, at + 10_007), at);
    return bytes;
  } finally {
    opened.close();
  }
}
