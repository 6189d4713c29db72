import type { Random } from '../harness/random.js';
import type { Disk, Share } from './disk.js';
import { machineOf, type Recording } from './lab.js';
import { type Loss, PowerLoss } from './power-loss.js';
import { type Change, describeChange } from './trace.js';

/** What one crash does to the disks. */
export interface Crash {
  /** After how many changes. */
  readonly at: number;
  /** For people: what happened, to whom, and when. */
  readonly label: string;
  /** Whether the machines are started anew, as after a power cut. */
  readonly restarts: boolean;
  /** The disk is the one of before: what the label says is yet to be done. */
  readonly isToCome?: boolean;
  disk(): Disk;
}

/** Whose power goes off. */
export type Victim = 'remote' | 'source' | 'both';

const EXTREMES: readonly Loss[] = [{ kind: 'everything' }, { kind: 'names' }, { kind: 'bytes' }, { kind: 'zeros' }];

/** Every disk that the death of the processes can leave: before each change, and in the middle of each write. */
export function kills({ before, changes }: Recording): Crash[] {
  const whole = (count: number): Share[] => Array.from({ length: count }, () => 'whole');
  return [...changes.keys(), changes.length].flatMap((at) => {
    const next = changes[at];
    const where = next === undefined ? 'at the end' : `before ${describeChange(next)}`;
    const crash = (label: string, shares: Share[]): Crash => {
      return { at, label: `killed ${label}`, restarts: false, disk: () => replay(before, changes, shares) };
    };
    if (next?.kind !== 'write') return [crash(where, whole(at))];
    return [crash(where, whole(at)), crash(`in the middle of ${describeChange(next)}`, [...whole(at), 'half'])];
  });
}

/** Disks that a power cut can leave after each change: the extremes, and some mixtures of them. */
export function powerCuts({ before, changes }: Recording, victim: Victim, mixtures: number): Crash[] {
  const powerLoss = new PowerLoss(changes, before, machineOf);
  const machines = new Set(victim === 'both' ? ['remote', 'source'] : [victim]);
  const some = Array.from({ length: mixtures }, (_, seed): Loss => ({ kind: 'some', seed: seed + 1 }));
  return changes.flatMap((last, index) =>
    [...EXTREMES, ...some].map((loss): Crash => {
      const what = loss.kind === 'some' ? `some (seed ${loss.seed})` : loss.kind;
      const label = `power cut of ${victim}, losing ${what}, after ${describeChange(last)}`;
      const disk = () => replay(before, changes, powerLoss.shares(index + 1, machines, loss));
      return { at: index + 1, label, restarts: true, disk };
    }),
  );
}

/** Some of the crashes: most of them next to where something becomes durable or gets its name, the others anywhere. */
export function sample(crashes: readonly Crash[], { changes }: Recording, count: number, random: Random): Crash[] {
  const isTurn = (change: Change | undefined): boolean => change !== undefined && /sync|rename|^link/.test(change.kind);
  const turns = crashes.filter(({ at }) => isTurn(changes[at]) || isTurn(changes[at - 1]));
  const wanted = Math.ceil((count * 3) / 4);
  return [...random.shuffled(turns).slice(0, wanted), ...random.shuffled([...crashes]).slice(0, count - wanted)];
}

/**
 * Those power cuts of the remote that take the names and no bytes right after old versions have expired, and at the very
 * end: the first must not bring back what the manifest has forgotten, the last nothing that was acknowledged undone.
 */
export function telling(crashes: readonly Crash[], { changes }: Recording): Crash[] {
  const lastExpired = changes.findLastIndex(({ kind, name }) => kind === 'unlink' && /^\d+-\d+(\.undo)?$/.test(name));
  const syncs = [...changes.keys()].filter((at) => at > lastExpired && changes[at]?.kind.includes('sync'));
  const after = new Set([...syncs.slice(0, 3).map((at) => at + 1), changes.length]);
  return crashes.filter(({ at, label }) => after.has(at) && label.startsWith('power cut of remote, losing names'));
}

/** Those that leave these paths as no earlier one did. */
export function* distinct(crashes: Iterable<Crash>, paths: readonly string[]): Generator<{ crash: Crash; disk: Disk }> {
  const known = new Set<string>();
  for (const crash of crashes) {
    const disk = crash.disk();
    // Some are told apart by what is yet to happen to one disk.
    const signature = `${crash.isToCome === true ? crash.label : crash.restarts} ${disk.signature(paths)}`;
    if (known.has(signature)) continue;
    known.add(signature);
    yield { crash, disk };
  }
}

function replay(before: Disk, changes: readonly Change[], shares: readonly Share[]): Disk {
  const disk = before.copy();
  shares.forEach((share, index) => {
    disk.apply(changes[index] as Change, share);
  });
  return disk;
}
