import { numbersOf } from '@btsoot/shared/disk/owners.js';
import type { Manifest } from '@btsoot/shared/manifest/manifest.js';
import { manifestFault } from '@btsoot/shared/model/errors.js';
import { limits } from '@btsoot/shared/model/limits.js';
import { BY_NUMBER, byName, type OwnerNames, type Owners } from '@btsoot/shared/model/owners.js';

/** The names of a block's owners, as its source has sent them; absent where owners go by number. */
const SETTING = 'owner-names';

type Stored = Readonly<Record<'users' | 'groups', readonly (readonly [number, string])[]>>;

/** Keeps what earlier sessions have said of other owners. Null: owners go by number from now on. */
export function rememberOwnerNames(manifest: Manifest, names: OwnerNames | null): void {
  if (names === null) {
    if (manifest.setting(SETTING) !== null) manifest.setSetting(SETTING, null);
    return;
  }
  const known = storedNames(manifest);
  const stored: Stored = { users: merged(known?.users, names.users), groups: merged(known?.groups, names.groups) };
  manifest.setSetting(SETTING, JSON.stringify(stored));
}

/** Which numbers a block's entries get on this machine. */
export async function ownersHere(manifest: Manifest): Promise<Owners> {
  const names = storedNames(manifest);
  if (names === null) return BY_NUMBER;
  const [users, groups] = await Promise.all([
    numbersOf('passwd', names.users.values()),
    numbersOf('group', names.groups.values()),
  ]);
  return byName(names, { users, groups });
}

/** Only ever reads what `rememberOwnerNames` wrote. */
function storedNames(manifest: Manifest): OwnerNames | null {
  const text = manifest.setting(SETTING);
  if (text === null) return null;
  try {
    const { users, groups } = JSON.parse(text) as Stored;
    return { users: new Map(users), groups: new Map(groups) };
  } catch (error) {
    throw manifestFault("the manifest's record of the owners' names is damaged", error);
  }
}

/** The latest names last, and no more than the limit of them. */
function merged(known: ReadonlyMap<number, string> | undefined, fresh: ReadonlyMap<number, string>): [number, string][] {
  const all = new Map(known);
  for (const [id, name] of fresh) {
    all.delete(id);
    all.set(id, name);
  }
  return [...all].slice(-limits.ownersMax);
}
