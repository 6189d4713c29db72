import { applyMetadata } from '../disk/metadata.js';
import type { Metadata, TreeNode } from '../model/entry.js';
import type { Owners } from '../model/owners.js';
import { heldMetadata } from './held.js';
import type { Places } from './places.js';

/**
 * Gives a file or symlink its metadata, once where its names are one on the disk, else under each of them. Of several names,
 * one that is not there was moved or removed by a later step, before a crash.
 */
export function giveMetadata(
  places: Places,
  names: readonly TreeNode[],
  meta: Metadata,
  { chown, owners }: { readonly chown: boolean; readonly owners: Owners },
): void {
  const done = new Set<bigint>();
  for (const { kind, parent, name } of names) {
    if (names.length > 1) {
      const now = places.look(parent, name);
      if (now === null || done.has(now.ino)) continue;
      done.add(now.ino);
    }
    applyMetadata(places.place(parent, name), kind, heldMetadata(kind, meta, owners), { chown, isNew: false });
  }
}
