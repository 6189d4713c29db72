import { limits } from './limits.js';

/** What the users and groups are called, where a tree comes from, whose numbers its entries have. */
export interface OwnerNames {
  readonly users: ReadonlyMap<number, string>;
  readonly groups: ReadonlyMap<number, string>;
}

/** Which numbers an entry gets on a disk for those that it is mirrored with. */
export interface Owners {
  uid(mirrored: number): number;
  gid(mirrored: number): number;
}

export const BY_NUMBER: Owners = { uid: (mirrored) => mirrored, gid: (mirrored) => mirrored };

/** By name where one is known and somebody here is called so, else by number. */
export function byName(
  { users, groups }: OwnerNames,
  here: { users: ReadonlyMap<string, number>; groups: ReadonlyMap<string, number> },
): Owners {
  return {
    uid: (mirrored) => here.users.get(users.get(mirrored) ?? '') ?? mirrored,
    gid: (mirrored) => here.groups.get(groups.get(mirrored) ?? '') ?? mirrored,
  };
}

/** Digits alone would be taken for a number where names are looked up, and a dash in front for an option. */
const OWNER_NAME = /^(?!\d+$)(?![-+])[^:,/\s\p{Cc}\p{Surrogate}]+$/u;

/** Whether text can be the name of a user or group. */
export function isOwnerName(name: string): boolean {
  return Buffer.byteLength(name) <= limits.ownerNameMaxBytes && OWNER_NAME.test(name);
}
