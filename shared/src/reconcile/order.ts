import { type Name, toBytes } from '../model/bytes.js';
import { inTree } from '../model/step.js';
import { knotFrom, obstacleOf } from './knots.js';
import { type PackedSteps, StepPacker } from './packed-steps.js';
import type { Arrival, Folder, Uprooted } from './places.js';
import { makeDirectory, move, remove } from './steps.js';
import type { Territory } from './territory.js';
import { Whereabouts } from './whereabouts.js';

export interface OrderedMoves {
  readonly steps: PackedSteps;
  /** Content bytes that moves bring to their place. */
  readonly movedBytes: number;
}

/**
 * Brings all directories and moved entries to their places, the target's root being at its place already. An arrival
 * runs as soon as its folder has arrived and its name is free, so parents come before children, and a chain of
 * renames runs from its free end. Where all that is left waits for each other, one of them is set aside.
 */
export function orderMoves(root: Folder, territory: Territory): OrderedMoves {
  return new Ordering(territory).run(root);
}

class Ordering {
  readonly #whereabouts: Whereabouts;
  readonly #steps = new StepPacker();
  /** Arrivals whose folder has arrived, the next one last. */
  readonly #ready: Arrival[] = [];
  /** Those that found their name taken, some of which have arrived since. */
  readonly #blocked: Arrival[] = [];
  #movedBytes = 0;
  #slotCount = 0;

  constructor(territory: Territory) {
    this.#whereabouts = new Whereabouts(territory);
  }

  run(root: Folder): OrderedMoves {
    this.#enter(root);
    this.#runReady();
    for (const blocked of this.#blocked) {
      while (!blocked.done) {
        this.#dislodge(obstacleOf(knotFrom(blocked)));
        this.#runReady();
      }
    }
    return { steps: this.#steps.finish(), movedBytes: this.#movedBytes };
  }

  #runReady(): void {
    for (let arrival = this.#ready.pop(); arrival !== undefined; arrival = this.#ready.pop()) {
      if (this.#makeRoom(arrival)) this.#arrive(arrival);
      else this.#blocked.push(arrival);
    }
  }

  /** A folder is where it belongs: so are those inside that stay, and the others can come. */
  #enter(folder: Folder): void {
    const entered = [folder];
    for (let next = entered.pop(); next !== undefined; next = entered.pop()) {
      next.placed = true;
      for (const arrival of next.arrivals.toReversed()) {
        if (!arrival.done) this.#ready.push(arrival);
        else if (arrival.inside !== null) entered.push(arrival.inside);
      }
      for (const staying of next.staying) entered.push(staying);
    }
  }

  #makeRoom(arrival: Arrival): boolean {
    const { occupant } = arrival;
    if (occupant === null || occupant.whereabouts !== 'home') return true;
    if (occupant.fate === 'unclaimed' && occupant.insideCount === 0) {
      this.#steps.add(remove(occupant, this.#whereabouts.pathOf(occupant.node)));
      occupant.whereabouts = 'removed';
      return true;
    }
    occupant.waiter = arrival;
    return false;
  }

  #arrive(arrival: Arrival): void {
    const { origin, folder, source, inside } = arrival;
    const path = this.#whereabouts.pathIn(folder, origin.name);
    if (source === null) {
      this.#steps.add(makeDirectory(origin, path));
    } else {
      if (isCaseOnly(arrival, source)) this.#stash(source);
      this.#steps.add(move(source.node, this.#whereabouts.placeOf(source), inTree(path), origin.id));
      this.#movedBytes += keptBytes(arrival, source);
      this.#leave(source, 'arrived');
    }
    arrival.done = true;
    if (inside !== null && folder.placed) this.#enter(inside);
  }

  /** Gets something out of the way: to its own folder, should that be within reach already, else aside. */
  #dislodge(obstacle: Uprooted): void {
    const { arrival } = obstacle;
    if (arrival !== null && this.#canArriveEarly(arrival, obstacle)) {
      this.#arrive(arrival);
      return;
    }
    // Nothing can be fetched out of the stash by a path, so what is wanted elsewhere leaves first.
    for (const passenger of obstacle.passengers) if (passenger.whereabouts === 'home') this.#dislodge(passenger);
    this.#stash(obstacle);
  }

  /**
   * Not with anything inside that leaves: nobody would look for that where the folder goes next. Without, it cannot be
   * moved into itself either, because then its folder would have to leave it first.
   */
  #canArriveEarly(arrival: Arrival, obstacle: Uprooted): boolean {
    const { folder, occupant } = arrival;
    if (folder.placed || occupant?.whereabouts === 'home' || isCaseOnly(arrival, obstacle)) return false;
    return obstacle.insideCount === 0 && this.#whereabouts.isReachable(folder);
  }

  #stash(uprooted: Uprooted): void {
    const from = this.#whereabouts.placeOf(uprooted);
    uprooted.slot = ++this.#slotCount;
    this.#steps.add(move(uprooted.node, from, { area: 'stash', slot: uprooted.slot }, null));
    this.#leave(uprooted, 'stash');
  }

  #leave(uprooted: Uprooted, to: 'stash' | 'arrived'): void {
    const wasHome = uprooted.whereabouts === 'home';
    uprooted.whereabouts = to;
    if (!wasHome) return;
    this.#wake(uprooted);
    for (const carrier of uprooted.carriers) {
      carrier.insideCount -= 1;
      if (carrier.insideCount === 0 && carrier.fate === 'unclaimed') this.#wake(carrier);
    }
  }

  #wake(left: Uprooted): void {
    const { waiter } = left;
    left.waiter = null;
    if (waiter !== null) this.#ready.push(waiter);
  }
}

/** Such a rename looks like a name that is taken, where the target's file system does not tell case apart. */
function isCaseOnly(arrival: Arrival, source: Uprooted): boolean {
  if (source.whereabouts !== 'home' || source.node.parent !== arrival.folder.home?.id) return false;
  return folded(source.node.name) === folded(arrival.origin.name);
}

function folded(name: Name): string {
  return toBytes(name).toString('utf8').toLowerCase();
}

/** A file that is edited as well brings nothing by its move. Of a folder it is what both sides have at least. */
function keptBytes({ origin }: Arrival, { node }: Uprooted): number {
  if (node.kind === 'directory' && origin.kind === 'directory') return Math.min(node.totalBytes, origin.totalBytes);
  if (node.kind !== 'file' || origin.kind !== 'file' || node.content === null) return 0;
  const kept = origin.content === null || origin.content.hash === node.content.hash;
  return kept ? node.content.sizeBytes : 0;
}
