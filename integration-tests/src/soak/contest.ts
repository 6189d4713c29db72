import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Notes } from './notes.js';
import { jainIndex } from './shares.js';
import { type Block, proxyOf, type Stage, sourceOf } from './stage.js';

export interface Contest {
  readonly pace: Pace;
  /** What each source sent while all of them had something to send, as the proxies counted it. */
  readonly bytes: ReadonlyMap<string, number>;
  readonly fairness: number;
}

/** `cable`: what they share is a slow cable; `remote`: nothing but the remote and its disk. */
export type Pace = 'cable' | 'remote';

const MB = 1_000_000;
const CABLE_BYTES_PER_SECOND = 8 * MB;
/** A multiple of what one connection has under way, which a remote takes in gulps. */
const LOAD_BYTES: Readonly<Record<Pace, number>> = { cable: 6 * MB, remote: 48 * MB };
/** Where each waits for the others. */
const LINE_BYTES = 256 * 1024;
/** By then the first of them has next to nothing left. */
const OVER_SHARE = 0.9;
/** Of what it would have if all had the same. */
const SHARE_MIN = 0.25;

/** All sources have as much to send, and go on from one line at once: none may starve. */
export async function contest(stage: Stage, pace: Pace, notes: Notes): Promise<void> {
  const { blocks, trunk } = stage;
  const loads = blocks.map((block) => makeLoad(block, LOAD_BYTES[pace]));
  const proxies = blocks.map((block) => proxyOf(stage, block));
  for (const proxy of proxies) proxy.reset();
  if (pace === 'cable') trunk.bytesPerSecond = CABLE_BYTES_PER_SECOND;
  for (const [index, { tree }] of blocks.entries()) renameSync(loads[index] as string, join(tree, 'load'));
  const synced = Promise.all(blocks.map(({ source, name }) => sourceOf(stage, source).mustRun('sync', name, '--json')));
  const atLine = proxies.map((proxy) => proxy.reached(LINE_BYTES).then(() => proxy.hold()));
  await Promise.race([synced, Promise.all(atLine)]);
  const from = proxies.map((proxy) => proxy.traffic().upBytes);
  for (const proxy of proxies) proxy.release();
  await Promise.race([synced, ...proxies.map((proxy) => proxy.reached(LOAD_BYTES[pace] * OVER_SHARE))]);
  const sent = proxies.map((proxy, index) => proxy.traffic().upBytes - (from[index] as number));
  trunk.bytesPerSecond = Number.POSITIVE_INFINITY;
  await synced;
  for (const { tree } of blocks) rmSync(join(tree, 'load'), { recursive: true });
  const bytes = new Map(blocks.map(({ source }, index) => [source, sent[index] as number]));
  notes.contests.push({ pace, bytes, fairness: jainIndex(sent) });
  notes.count('contests');
  judge(bytes);
}

/** Beside the tree, so that it comes into it all at once: half of it in large files, half in small ones. */
function makeLoad({ tree }: Block, totalBytes: number): string {
  const load = join(dirname(tree), 'load');
  mkdirSync(load);
  for (const [kind, sizeBytes] of Object.entries({ large: 2 * MB, small: 20_000 })) {
    mkdirSync(join(load, kind));
    for (let left = totalBytes / 2, number = 0; left > 0; left -= sizeBytes, number++)
      writeFileSync(join(load, kind, String(number)), randomBytes(Math.min(sizeBytes, left)));
  }
  return load;
}

function judge(bytes: ReadonlyMap<string, number>): void {
  const total = [...bytes.values()].reduce((sum, one) => sum + one, 0);
  assert.ok(total > 0, 'nothing was sent');
  for (const [source, sent] of bytes)
    assert.ok(
      sent >= (SHARE_MIN * total) / bytes.size,
      `${source} starves: ${[...bytes].map((one) => one.join(' ')).join(', ')}`,
    );
}
