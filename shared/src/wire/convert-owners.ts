import { limits } from '../model/limits.js';
import { isOwnerName, type OwnerNames } from '../model/owners.js';
import { atMost, integer, invalid } from './fields.js';
import type { WireOwnerName, WireOwnerName__Output, WireOwnerNames, WireOwnerNames__Output } from './messages.js';

export function ownerNamesToWire({ users, groups }: OwnerNames): WireOwnerNames {
  return { users: toWire(users), groups: toWire(groups) };
}

export function ownerNamesFromWire({ users, groups }: WireOwnerNames__Output): OwnerNames {
  return { users: fromWire(users, 'users'), groups: fromWire(groups, 'groups') };
}

function toWire(names: ReadonlyMap<number, string>): WireOwnerName[] {
  return [...names].map(([id, name]) => ({ id, name }));
}

function fromWire(wire: readonly WireOwnerName__Output[], what: string): ReadonlyMap<number, string> {
  const names = new Map<number, string>();
  for (const { id, name } of atMost(wire, limits.ownersMax, what)) {
    if (!isOwnerName(name)) throw invalid(`the name of one of the ${what} cannot be a name`);
    names.set(integer(id, "an owner's id", 0, 0xffff_ffff), name);
  }
  if (names.size < wire.length) throw invalid(`one of the ${what} is named twice`);
  return names;
}
