import { strict as assert } from 'node:assert';
import { join } from 'node:path';
import type { PlanSummary } from '@btsoot/shared/model/step.js';
import type { Scope } from '../harness/cleanup.js';
import type { Random } from '../harness/random.js';
import type { JsonRun } from '../harness/source-agent.js';
import { copyTree } from '../harness/tree.js';
import { mustSucceed } from '../harness/world.js';
import { type Crash, distinct, kills, powerCuts, sample, telling } from './crashes.js';
import type { Disk } from './disk.js';
import { judgeKilled } from './judge-killed.js';
import { judgeRestore } from './judge-restore.js';
import { type ExpectedOfSync, judgeSync } from './judge-sync.js';
import { Lab, type Recording } from './lab.js';
import { readRows } from './rows.js';
import { changeLocally, onlyHere } from './scenario.js';
import { Survivors } from './survivors.js';

/** Crashes of one kind, and how each is tried. */
export interface Trial {
  readonly name: string;
  readonly crashes: readonly Crash[];
  readonly recording: Recording;
  /** Of one crash, roughly, in units of the cheapest. */
  readonly cost: number;
  judge(disk: Disk, crash: Crash): Promise<void>;
}

export interface Verdict {
  /** Crashes that were looked at, and those among them that left a disk as no other did: these were judged. */
  readonly points: number;
  readonly judged: number;
  /** What each crash broke that was not survived. */
  readonly broken: readonly string[];
}

/** What a block consists of, on both sides: crashes that leave these alike are one. */
const BLOCK_PATHS = ['nas/photos', 'pi/photos', 'pi/.btsoot/blocks/photos', 'home/state/blocks/photos'];

export interface Trials {
  readonly trials: readonly Trial[];
  /** The plans of what is interrupted. */
  readonly plans: Readonly<Record<'sync' | 'restore', PlanSummary>>;
}

/** Records a sync with every kind of step, and a restore that undoes it, and says all that can be tried with them. */
export async function makeTrials(scope: Scope, mixtures: number): Promise<Trials> {
  const lab = await Lab.make(scope);
  const { session } = await lab.prepare();
  const first = readRows(join(lab.watched, 'pi/.btsoot/blocks/photos/manifest.db'));
  const [sync, synced] = await lab.record(async () => {
    const run = await lab.source.json('sync', 'photos');
    mustSucceed(run);
    return run;
  });
  const final = readRows(join(lab.watched, 'home/state/blocks/photos/source.db'));

  changeLocally(lab.tree);
  const [restore, undone] = await lab.record(async () => {
    const run = await lab.source.json('restore', 'photos', '--at', String(session), '--delete');
    // What exists only there is left as it is, and reported.
    assert.equal(run.status, 4, run.output);
    assert.deepEqual(run.outcome?.problems.map(({ path }) => path).sort(), Object.keys(onlyHere).sort(), run.output);
    return run;
  });
  const restored = join(lab.directory, 'restored');
  copyTree(lab.tree, restored);

  const survivors = await Survivors.start(scope, lab);
  const trials = [
    ...trialsOfSync(survivors, sync, { session, first, final }, mixtures),
    ...trialsOfRestore(survivors, restore, { restored, session }, mixtures),
  ];
  return { trials, plans: { sync: firstPlan(synced), restore: firstPlan(undone) } };
}

/** What could not be done by it is planned anew, and that plan is told in the end. */
function firstPlan({ events, output }: JsonRun): PlanSummary {
  const planned = events.find(({ kind }) => kind === 'planned');
  assert.ok(planned !== undefined, output);
  return planned['summary'] as PlanSummary;
}

function trialsOfSync(survivors: Survivors, sync: Recording, expected: ExpectedOfSync, mixtures: number): Trial[] {
  const trial = (name: string, crashes: Crash[]): Trial => {
    const judge: Trial['judge'] = (disk, { restarts }) => judgeSync(survivors, disk, restarts, expected);
    return { name, crashes, recording: sync, cost: 1, judge };
  };
  const real = (victim: 'remote' | 'source'): Trial => ({
    name: `sync: the ${victim} agent dies, the other lives`,
    crashes: realKills(sync, victim),
    recording: sync,
    cost: 4,
    judge: (disk, { label }) => judgeKilled(survivors, disk, victim, label, expected),
  });
  return [
    trial('sync: both agents are killed', kills(sync)),
    trial("sync: the remote's power is cut", powerCuts(sync, 'remote', mixtures)),
    trial("sync: the source's power is cut", powerCuts(sync, 'source', mixtures)),
    trial('sync: the power of both is cut', powerCuts(sync, 'both', mixtures)),
    real('remote'),
    real('source'),
  ];
}

function trialsOfRestore(
  survivors: Survivors,
  restore: Recording,
  expected: { restored: string; session: number },
  mixtures: number,
): Trial[] {
  const trial = (name: string, crashes: Crash[], bySync: boolean): Trial => ({
    name,
    crashes,
    recording: restore,
    cost: 3,
    judge: (disk, { restarts }) => judgeRestore(survivors, disk, restarts, expected, bySync),
  });
  const [killed, cut] = [kills(restore), powerCuts(restore, 'source', mixtures)];
  return [
    trial('restore: killed, and run again', killed, false),
    trial('restore: killed, and a sync comes', killed, true),
    trial('restore: power cut, and run again', cut, false),
    trial('restore: power cut, and a sync comes', cut, true),
  ];
}

/** Each change of an agent, and the middle of it, as `ShimSettings.kill` says it. All begin with the disk of before. */
function realKills({ before, counts }: Recording, victim: 'remote' | 'source'): Crash[] {
  return Array.from({ length: counts[victim] }, (_, index) => [`${index + 1}`, `${index + 1} half`])
    .flat()
    .map((label, at) => ({ at, label, restarts: false, isToCome: true, disk: () => before }));
}

/** As many of a trial's crashes as so much may be spent on, by lot, and the telling ones. */
export function some(trial: Trial, most: number, random: Random): Trial {
  const { crashes, recording, cost } = trial;
  const drawn = sample(crashes, recording, Math.ceil(most / cost), random);
  return { ...trial, crashes: [...telling(crashes, recording), ...drawn] };
}

/** Tries every crash of a trial that leaves the disks as no other does. */
export async function run({ crashes, judge }: Trial): Promise<Verdict> {
  let judged = 0;
  const broken: string[] = [];
  for (const { crash, disk } of distinct(crashes, BLOCK_PATHS)) {
    judged++;
    try {
      await judge(disk, crash);
    } catch (error) {
      broken.push(`${crash.at}: ${crash.label}\n${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return { points: crashes.length, judged, broken };
}
