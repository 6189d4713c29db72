import { join } from 'node:path';
import type { Cleanup } from '../harness/cleanup.js';
import type { DeltaCase } from '../harness/delta-cases.js';
import { peakMemoryBytes } from '../harness/memory.js';
import { type DiskWork, diskWork, diskWorkSince, forgetPeakMemory } from '../harness/process-use.js';
import { formatCount } from '../harness/table.js';
import { Contest } from './contest.js';
import { Floor } from './floor.js';
import { proxied } from './route.js';

/** What the sync of a change cost. */
export interface DeltaRow {
  readonly name: string;
  readonly btsootBytes: number;
  /** Of those, content. */
  readonly contentBytes: number;
  /** With `-z`. Null where rsync is not installed. */
  readonly rsyncBytes: number | null;
  /** Null where no delta can be the measure, or xdelta3 is not installed. */
  readonly floorBytes: number | null;
  /** Of the remote agent during the sync. */
  readonly remote: DiskWork & { readonly peakMemoryBytes: number };
  /** Which targets were missed. */
  readonly misses: readonly string[];
}

const peakMemoryMostBytes = 120_000_000;

/** One case, with agents and an rsync daemon of its own. */
export async function measureDelta(cleanup: Cleanup, deltaCase: DeltaCase, scale: number): Promise<DeltaRow> {
  const { name, plant, change, versions } = deltaCase;
  const contest = await Contest.open(cleanup, proxied(), { compress: true });
  plant(contest.tree, scale);
  await contest.btsoot();
  await contest.rsync();
  const floor = new Floor(contest.tree, join(contest.directory, 'aside'), versions(scale));
  change(contest.tree, scale);
  forgetPeakMemory(contest.remotePid);
  const workBefore = diskWork(contest.remotePid);
  const { wireBytes, outcome } = await contest.btsoot();
  const remote = {
    ...diskWorkSince(workBefore, diskWork(contest.remotePid)),
    peakMemoryBytes: peakMemoryBytes(contest.remotePid),
  };
  const rsync = await contest.rsync();
  const floorBytes = floor.bytes();
  floor.remove();
  contest.check();
  const row = {
    name,
    btsootBytes: wireBytes ?? Number.NaN,
    contentBytes: outcome.sentBytes,
    rsyncBytes: rsync?.wireBytes ?? null,
    floorBytes,
    remote,
  };
  return { ...row, misses: missesOf(deltaCase, row) };
}

function missesOf({ target }: DeltaCase, row: Omit<DeltaRow, 'misses'>): string[] {
  const { btsootBytes, contentBytes, floorBytes, remote } = row;
  const misses: string[] = [];
  const atMost = (what: string, most: number | undefined, got: number): void => {
    if (most !== undefined && got > most) misses.push(`${what} ${Math.round(got)}, at most ${Math.round(most)}`);
  };
  atMost('bytes', target.mostBytes, btsootBytes);
  if (floorBytes !== null && target.mostFloors !== undefined) atMost('bytes', target.mostFloors * floorBytes, btsootBytes);
  if (target.noContent) atMost('content', 0, contentBytes);
  atMost('read', target.readMostBytes, remote.readBytes);
  atMost('read and written', target.workMostBytes, remote.readBytes + remote.writtenBytes);
  atMost('memory', peakMemoryMostBytes, remote.peakMemoryBytes);
  return misses;
}

/** For the table: what `missesOf` goes by. */
export function describeTarget({ target }: DeltaCase): string {
  if (target.mostFloors !== undefined) return `${target.mostFloors} x floor`;
  return target.mostBytes === undefined ? 'no content' : formatCount(target.mostBytes);
}
