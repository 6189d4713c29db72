import { mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import type { Cleanup } from '../harness/cleanup.js';
import { deltaCases } from '../harness/delta-cases.js';
import { plantMedia, plantSmallFiles } from '../harness/planting.js';
import { Contest } from './contest.js';
import type { Effort } from './effort.js';
import type { Route } from './route.js';

/** Something whose sync is timed. */
export interface TimeCase {
  readonly name: string;
  readonly plant: (tree: string, scale: number) => void;
  /** Null: the first sync is what is timed. */
  readonly change: ((tree: string, scale: number) => void) | null;
}

export const mediaBytes = (scale: number): number => Math.round(2_000_000_000 * scale);
export const smallFiles = (scale: number): number => Math.round(100_000 * scale);

export const firstMedia: TimeCase = {
  name: 'first sync of 2 GB of media',
  plant: (tree, scale) => plantMedia(join(tree, 'media'), mediaBytes(scale), 21),
  change: null,
};

export const firstSmallFiles: TimeCase = {
  name: 'first sync of 100,000 small files',
  plant: (tree, scale) => plantSmallFiles(join(tree, 'small'), smallFiles(scale), 22),
  change: null,
};

const movedFolder: TimeCase = {
  name: 'a folder of 200 MB moved',
  plant: (tree, scale) => {
    mkdirSync(join(tree, 'years'));
    plantMedia(join(tree, 'album'), 200_000_000 * scale, 23);
  },
  change: (tree) => renameSync(join(tree, 'album'), join(tree, 'years', 'album')),
};

export const timeCases: readonly TimeCase[] = [firstMedia, firstSmallFiles, movedFolder, ...deltaCases];

export interface Timed {
  readonly btsoot: Effort;
  /** Null where rsync is not installed. */
  readonly rsync: Effort | null;
}

export interface TimeOptions {
  readonly scale: number;
  /** `-z` for rsync. */
  readonly compress: boolean;
  /** Called around each of the two runs that are timed. */
  readonly before?: () => void;
  readonly after?: () => void;
}

/** Runs a case in a world of its own, BTSOOT first. */
export async function time(cleanup: Cleanup, timeCase: TimeCase, route: Route, options: TimeOptions): Promise<Timed> {
  const { scale, before, after } = options;
  const contest = await Contest.open(cleanup, route, options);
  timeCase.plant(contest.tree, scale);
  if (timeCase.change !== null) {
    await contest.btsoot();
    await contest.rsync();
    timeCase.change(contest.tree, scale);
  }
  before?.();
  const { outcome: _, ...btsoot } = await contest.btsoot();
  after?.();
  before?.();
  const rsync = await contest.rsync();
  after?.();
  contest.check();
  return { btsoot, rsync };
}
