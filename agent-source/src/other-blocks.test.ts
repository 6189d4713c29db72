import assert from 'node:assert/strict';
import { lstatSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileSystemIdentity } from '@btsoot/shared/disk/file-system.js';
import { seenFromStats } from '@btsoot/shared/disk/seen.js';
import { fromText } from '@btsoot/shared/model/bytes.js';
import { SILENT } from '@btsoot/shared/model/progress.js';
import { isRacy } from '@btsoot/shared/scan/granularity.js';
import { scanBlock } from './cycle.js';
import { block, contextOf, temporaryDirectory, temporaryPaths } from './fixtures.js';
import { blockPaths } from './paths.js';
import type { Block, ScanResult } from './sync-types.js';

const FILES = 40;

function blockAt(name: string, place: string): Block {
  return { ...block(name), source: fromText(place), sourceIdentity: fileSystemIdentity(fromText(place)) };
}

/** Blocks named for their numbers, of these folders below one that holds some files. */
async function blocksOf(...folders: readonly string[]) {
  const place = path.join(temporaryDirectory(), 'photos');
  mkdirSync(path.join(place, 'album'), { recursive: true });
  for (const folder of folders) mkdirSync(path.join(place, folder), { recursive: true });
  for (let index = 0; index < FILES; index++) writeFileSync(path.join(place, 'album', `${index}`), `light ${index}`);
  const newest = seenFromStats(lstatSync(path.join(place, 'album', `${FILES - 1}`), { bigint: true }), 0n);
  while (isRacy(newest, Date.now())) await sleep(5);
  const blocks = folders.map((folder, index) => blockAt(`${index}`, path.join(place, folder)));
  const context = contextOf(temporaryPaths(), ...blocks);
  const scan = (index: number): Promise<ScanResult> =>
    scanBlock(context, blocks[index] as Block, { report: SILENT, signal: new AbortController().signal });
  return { context, place, scan, manifestOf: (index: number) => blockPaths(context.paths, `${index}`).sourceManifest };
}

const countsOf = ({ hashedFiles, knownFiles }: ScanResult) => ({ hashedFiles, knownFiles });
const ALL_READ = { hashedFiles: FILES, knownFiles: 0 };
const ALL_KNOWN = { hashedFiles: 0, knownFiles: FILES };

for (const folders of [
  ['', ''],
  ['', 'album'],
  ['album', ''],
] as const) {
  test(`what one block has read, another of the same files does not: ${JSON.stringify(folders)}`, async () => {
    const { scan } = await blocksOf(...folders);
    assert.deepEqual(countsOf(await scan(0)), ALL_READ);
    assert.deepEqual(countsOf(await scan(1)), ALL_KNOWN);
  });
}

test('blocks of one folder that are scanned at the same time read it once', async () => {
  const { scan } = await blocksOf('', '', '');
  const counts = (await Promise.all([scan(0), scan(1), scan(2)])).map(countsOf);
  assert.deepEqual(counts, [ALL_READ, ALL_KNOWN, ALL_KNOWN]);
});

test('a block whose folder is gone, or whose manifest is damaged, is not asked', async () => {
  const { scan, manifestOf, place } = await blocksOf('', 'album', 'gone');
  await scan(1);
  rmSync(path.join(place, 'gone'), { recursive: true });
  writeFileSync(manifestOf(1), 'this is no database'.repeat(1000));
  assert.deepEqual(countsOf(await scan(0)), ALL_READ);
});
