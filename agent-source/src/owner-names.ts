import { namesOf } from '@btsoot/shared/disk/owners.js';
import { limits } from '@btsoot/shared/model/limits.js';
import type { OwnerNames } from '@btsoot/shared/model/owners.js';
import type { Plan } from '@btsoot/shared/model/step.js';

/** What the owners are called here that a plan's steps give to entries. */
export async function ownerNamesOf({ steps }: Plan): Promise<OwnerNames> {
  const uids = new Set<number>();
  const gids = new Set<number>();
  for (const { step } of steps) {
    if (!('meta' in step)) continue;
    if (uids.size < limits.ownersMax) uids.add(step.meta.uid);
    if (gids.size < limits.ownersMax) gids.add(step.meta.gid);
  }
  const [users, groups] = await Promise.all([namesOf('passwd', uids), namesOf('group', gids)]);
  return { users, groups };
}
