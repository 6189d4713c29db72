import { join } from 'node:path';
import type { Scope } from '../harness/cleanup.js';
import { mustSucceed } from '../harness/world.js';
import { type Crash, distinct, kills, powerCuts } from './crashes.js';
import { Lab, type Recording } from './lab.js';
import { readRows } from './rows.js';
import type { Expected, Survivors } from './survivors.js';

/** One sync, recorded, and what must be so after every crash in it. */
export interface Trial {
  readonly lab: Lab;
  readonly recording: Recording;
  readonly expected: Expected;
}

export interface Verdict {
  /** Crashes that were looked at, and those among them that left a disk as no other did: these were judged. */
  readonly points: number;
  readonly judged: number;
  /** What each crash broke that was not survived. */
  readonly broken: readonly string[];
}

/** What a block consists of, on both sides: crashes that leave these alike are one. */
const BLOCK_PATHS = ['pi/photos', 'pi/.btsoot/blocks/photos', 'home/state/blocks/photos'];

/** Records the sync that has every kind of step (scenario.ts). */
export async function recordSync(scope: Scope): Promise<Trial> {
  const lab = await Lab.make(scope);
  const { session } = await lab.prepare();
  const first = readRows(join(lab.watched, 'pi/.btsoot/blocks/photos/manifest.db'));
  const recording = await lab.record(async () => {
    mustSucceed(await lab.source.json('sync', 'photos'));
  });
  const final = readRows(join(lab.watched, 'home/state/blocks/photos/source.db'));
  return { lab, recording, expected: { session, first, final } };
}

/** Has two agents go on from each of these crashes. */
export async function judgeAll(survivors: Survivors, crashes: readonly Crash[], expected: Expected): Promise<Verdict> {
  let judged = 0;
  const broken: string[] = [];
  for (const { crash, disk } of distinct(crashes, BLOCK_PATHS)) {
    judged++;
    try {
      await survivors.judge(disk, crash.restarts, expected);
    } catch (error) {
      broken.push(`${crash.at}: ${crash.label}\n${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return { points: crashes.length, judged, broken };
}

/** Every crash of a recording that there is, by what it is called. `mixtures` of each power cut, beside the extremes. */
export function allCrashes(recording: Recording, mixtures: number): ReadonlyMap<string, Crash[]> {
  return new Map([
    ['both agents are killed', kills(recording)],
    ["the remote's power is cut", powerCuts(recording, 'remote', mixtures)],
    ["the source's power is cut", powerCuts(recording, 'source', mixtures)],
    ['the power of both is cut', powerCuts(recording, 'both', mixtures)],
  ]);
}
