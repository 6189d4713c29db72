import { setTimeout as pause } from 'node:timers/promises';
import type { Cleanup } from '../harness/cleanup.js';
import { withAll, withCollecting } from '../harness/programs.js';
import type { Metrics } from '../harness/prometheus.js';
import { seeded } from '../harness/random.js';
import { assertMirrored } from '../harness/world.js';
import { Disturbance, type Kind } from './disturbance.js';
import { LAYOUTS, type Topology } from './layout.js';
import { Notes } from './notes.js';
import { scrapeSources } from './runs.js';
import { type Sample, sampleInQuiet } from './sample.js';
import { SCENES, type Scene } from './scenes.js';
import { type Block, openStage, type Stage } from './stage.js';

export interface SoakOptions {
  /** Of random changes; what scenes and quiet points take comes on top. */
  readonly minutes: number;
  /** Quiet points of each half, its end one of them. */
  readonly points: number;
  readonly seed: number;
  /** Of all agents, beside a clean one. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly say: (line: string) => void;
}

export interface Soaked {
  readonly blocks: readonly Block[];
  readonly notes: Notes;
  /** Of the second half, in which no agent is started anew: what an agent has piled up shows. */
  readonly samples: readonly Sample[];
  /** Of the source agents, at the beginning and at the end of that half. */
  readonly before: ReadonlyMap<string, Metrics>;
  readonly after: ReadonlyMap<string, Metrics>;
}

const PAUSE_MAX_MS = 1_500;
const EARLY: readonly Kind[] = ['nothing', 'cut', 'cut later', 'SIGTERM', 'SIGKILL'];
const LATE: readonly Kind[] = ['nothing', 'nothing', 'cut', 'cut later'];

/**
 * Two halves of changes, cuts and scenes; in the first one the agents are stopped and killed, too. At each quiet point all mirrors
 * must equal their sources.
 */
export async function soak(cleanup: Cleanup, topology: Topology, options: SoakOptions): Promise<Soaked> {
  const { minutes, points, seed, environment = {}, say } = options;
  const random = seeded(seed);
  const stage = await openStage(cleanup, random, LAYOUTS[topology], withAll(withCollecting, environment));
  const startedMs = performance.now();
  const nowMs = (): number => performance.now() - startedMs;
  const pointMs = (minutes * 60_000) / (2 * points);
  const notes = new Notes();
  const disturb = new Disturbance(stage, random, notes);
  const spell = async (kinds: readonly Kind[], scenes: readonly Scene[]): Promise<Sample[]> => {
    for (const untilMs = nowMs() + pointMs; nowMs() < untilMs; ) {
      disturb.edit();
      await disturb.any(kinds);
      await pause(random.below(PAUSE_MAX_MS));
    }
    disturb.calm();
    await comeToRest(stage);
    for (const scene of scenes) await scene(stage, random, notes);
    await comeToRest(stage);
    const samples = await sampleInQuiet(stage, nowMs);
    disturb.keepPast();
    say(`${Math.round(nowMs() / 1000)} s: all mirrors equal their sources; ${notes.summary()}`);
    return samples;
  };
  const { early, late } = SCENES[topology];
  const samples: Sample[] = [];
  for (let point = 0; point < points; point++) samples.splice(0, samples.length, ...(await spell(EARLY, early)));
  const before = await scrapeSources(stage);
  for (let point = 0; point < points; point++) samples.push(...(await spell(LATE, late)));
  return { blocks: stage.blocks, notes, samples, before, after: await scrapeSources(stage) };
}

/** Whoever asks for a sync now has all that was changed before on the mirrors. */
async function comeToRest({ sources, blocks }: Stage): Promise<void> {
  await Promise.all([...sources.values()].map((source) => source.mustRun('sync', '--json')));
  for (const { tree, mirror } of blocks) assertMirrored(tree, mirror);
}
