import { type Random, seeded } from '../harness/random.js';
import type { Disk, Share } from './disk.js';
import { type Change, isOfInode, makesInode } from './trace.js';

/*
 * What a disk may hold after a power cut, on a file system that promises no more than this:
 *
 * - fsync of a file makes its bytes, size, owner, mode, times and extended attributes durable, fdatasync its bytes and size;
 *   neither its name
 * - fsync of a folder makes the names in it durable, as they are then, and what its own inode says
 * - syncfs makes everything durable that the disk has
 * - a rename happens or it does not: neither both names, nor none
 * - names become durable in the order in which they were changed, all over the disk
 *
 * All else is open, for each change by itself: whether it has got to the disk, in which order, and for bytes, whether
 * the file has only got longer by zeros. The order of names is what the journals of ext4 and XFS and the transactions of
 * btrfs keep; they keep more (what inodes say is in that order too), and a disk that lies about its cache keeps less.
 */

/** How a power cut takes what was not durable. */
export type Loss =
  /** All of it. */
  | { readonly kind: 'everything' }
  /** Names, and what inodes say; the bytes stay. */
  | { readonly kind: 'names' }
  /** Bytes; files are empty, or as long as before. */
  | { readonly kind: 'bytes' }
  /** Bytes; files have their new length, of zeros. */
  | { readonly kind: 'zeros' }
  /** Some of everything, as the seed will have it. */
  | { readonly kind: 'some'; readonly seed: number };

/** Which machine's disk an inode is on: the same one as the folder's in which it was made. */
type MachineOf = (ino: number) => string;

interface Durability {
  readonly change: Change;
  readonly machine: string;
  /** The number of the change that made it durable; Infinity where none did. */
  readonly at: number;
}

/** What becomes of a recorded sequence of changes when the power goes off. `machineOf` names the disk a path is on. */
export class PowerLoss {
  readonly #changes: readonly Durability[];

  constructor(changes: readonly Change[], before: Disk, machineOf: (path: string) => string) {
    this.#changes = durabilities(changes, machinesOfInodes(changes, before, machineOf), machineOf);
  }

  /** What the disks have of each of the first `count` changes when the power of these machines goes off after them. */
  shares(count: number, machines: ReadonlySet<string>, loss: Loss): Share[] {
    const changes = this.#changes.slice(0, count);
    const isOpen = ({ machine, at }: Durability): boolean => machines.has(machine) && at >= count;
    const random = loss.kind === 'some' ? seeded(loss.seed * 1_000_003 + count) : null;
    const named = namesKept(changes, isOpen, loss, random);
    return changes.map((one, index) => {
      if (!isOpen(one)) return 'whole';
      if (isOfNames(one.change)) return named(index) ? 'whole' : 'none';
      return shareOf(one.change, loss, random);
    });
  }
}

function shareOf(change: Change, loss: Loss, random: Random | null): Share {
  switch (loss.kind) {
    case 'everything':
      return 'none';
    case 'names':
      return isOfInode(change) ? 'none' : 'whole';
    case 'bytes':
      return isOfInode(change) ? 'whole' : 'none';
    case 'zeros':
      return change.kind === 'write' ? 'zeros' : 'whole';
    case 'some': {
      const draw = random?.below(5) ?? 0;
      if (draw === 0 && change.kind === 'write') return 'zeros';
      return draw < 3 ? 'none' : 'whole';
    }
    default:
      return loss satisfies never;
  }
}

/** Each disk keeps the names up to some change, which is no earlier than the last durable one. */
function namesKept(
  changes: readonly Durability[],
  isOpen: (one: Durability) => boolean,
  loss: Loss,
  random: Random | null,
): (index: number) => boolean {
  if (loss.kind === 'bytes' || loss.kind === 'zeros') return () => true;
  const ends = new Map<string, number>();
  for (const machine of new Set(changes.map((one) => one.machine))) {
    const own = [...changes.keys()].filter((index) => isOfNames(changes[index]?.change) && changes[index]?.machine === machine);
    const lastDurable = own.findLastIndex((index) => !isOpen(changes[index] as Durability));
    const kept = lastDurable + (random?.below(own.length - lastDurable) ?? 0);
    ends.set(machine, own[kept] ?? -1);
  }
  return (index) => index <= (ends.get(changes[index]?.machine ?? '') ?? -1);
}

function durabilities(changes: readonly Change[], machine: MachineOf, machineOf: (path: string) => string): Durability[] {
  const at = changes.map(() => Number.POSITIVE_INFINITY);
  let open = changes.map((_change, index) => index);
  const seal = (by: number, covers: (change: Change) => boolean): void => {
    open = open.filter((index) => {
      if (index > by || !covers(changes[index] as Change)) return true;
      at[index] = by;
      return false;
    });
  };
  changes.forEach((change, by) => {
    const { ino } = change.it;
    if (change.kind === 'syncfs') {
      const synced = machineOf(change.name.slice(1));
      seal(by, (one) => machine(machineInode(one)) === synced);
    } else if (change.kind === 'fsync') {
      seal(by, (one) => (isOfNames(one) ? foldersOf(one).includes(ino) : one.it.ino === ino));
    } else if (change.kind === 'fdatasync') {
      seal(by, (one) => one.it.ino === ino && (one.kind === 'write' || one.kind === 'truncate'));
    }
  });
  return changes.map((change, index) => ({
    change,
    machine: machine(machineInode(change)),
    at: at[index] ?? Number.POSITIVE_INFINITY,
  }));
}

function machinesOfInodes(changes: readonly Change[], before: Disk, machineOf: (path: string) => string): MachineOf {
  const machines = new Map<number, string>();
  const walk = (path: string, node: Disk['root']): void => {
    machines.set(node.facts.ino, machineOf(path));
    for (const [name, child] of node.entries) walk(path === '' ? name : `${path}/${name}`, child);
  };
  walk('', before.root);
  for (const change of changes) {
    if (makesInode(change)) machines.set(change.it.ino, machines.get(change.parent.ino) ?? '');
  }
  return (ino) => machines.get(ino) ?? '';
}

function machineInode(change: Change): number {
  return isOfNames(change) ? change.parent.ino : change.it.ino;
}

function isOfNames(change: Change | undefined): boolean {
  switch (change?.kind) {
    case 'create':
    case 'make-directory':
    case 'symlink':
    case 'fifo':
    case 'link':
    case 'unlink':
    case 'remove-directory':
    case 'rename':
      return true;
    default:
      return false;
  }
}

function foldersOf({ kind, parent, parent2 }: Change): number[] {
  return kind === 'rename' && parent2.ino !== parent.ino ? [parent.ino, parent2.ino] : [parent.ino];
}
