import { BtsootError } from '../model/errors.js';
import type { Arrival, Uprooted } from './places.js';

/**
 * A knot: arrivals that wait for each other all around. Follows what `blocked` waits for until it comes around, and
 * gives the member of the knot that is the easiest to undo: one whose obstacle has nothing inside that leaves as well.
 */
export function knotFrom(blocked: Arrival): Arrival {
  const passed = new Set<Arrival>();
  let at = blocked;
  for (; !passed.has(at); at = awaitedBy(at)) passed.add(at);
  const first = at;
  do {
    if (obstacleOf(at).insideCount === 0) return at;
    at = awaitedBy(at);
  } while (at !== first);
  return first;
}

/**
 * What keeps a blocked arrival from its place: the entry that has its name, where that moves elsewhere itself; where it
 * is to be removed, something that has to leave it first.
 */
export function obstacleOf(blocked: Arrival): Uprooted {
  const { occupant } = blocked;
  if (occupant !== null && occupant.fate !== 'unclaimed') return occupant;
  for (let last = occupant?.passengers.at(-1); last !== undefined; last = occupant?.passengers.at(-1)) {
    if (last.whereabouts === 'home') return last;
    occupant?.passengers.pop();
  }
  throw new BtsootError('internal', 'the plan waits for a name that is free');
}

/** The blocked arrival that the obstacle's own move waits for: itself, or the nearest folder above that can be reached. */
function awaitedBy(blocked: Arrival): Arrival {
  const { arrival } = obstacleOf(blocked);
  if (arrival === null) throw new BtsootError('internal', 'the plan waits for an entry that stays');
  let folder = arrival.folder;
  if (folder.placed) return arrival;
  while (folder.parent !== null && !folder.parent.placed) folder = folder.parent;
  if (folder.arrival === null) throw new BtsootError('internal', 'the plan waits for a folder that is there');
  return folder.arrival;
}
