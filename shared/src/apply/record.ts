import { HISTORY_ID, type Manifest } from '../manifest/manifest.js';
import type { Name } from '../model/bytes.js';
import type { Seen } from '../model/seen.js';
import type { Step } from '../model/step.js';
import type { Resolved, Resolver } from './resolve.js';

/** Where the version that a step replaces or removes is kept, and what the disk says of it there. */
export interface KeptVersion {
  readonly slot: Name;
  readonly seen: Seen | null;
}

/** Rows that a step changed: directories by their children, entries in themselves. */
export interface Recorded {
  readonly directories: readonly number[];
  readonly entries: readonly number[];
}

/**
 * Writes a step's effect into a manifest. The remote does it when the step is done on its disk, the source does it
 * in its replica when the remote has acknowledged the step: one piece of code, so that both arrive at the same digest.
 *
 * @param kept null where old versions get no rows of their own, and where none comes about
 * @param seen what the disk says of an entry that is new, where that is known by now
 */
export function recordStep(manifest: Manifest, resolved: Resolved, kept: KeptVersion | null, seen: Seen | null = null): Recorded {
  switch (resolved.kind) {
    case 'create':
      return recordCreate(manifest, resolved, kept, seen);
    case 'move':
      manifest.rename(resolved.row.id, resolved.to.parentId, resolved.to.name);
      return { directories: [resolved.from.parentId, resolved.to.parentId], entries: [resolved.row.id] };
    case 'set-metadata':
      return recordMetadata(manifest, resolved);
    case 'remove':
      retire(manifest, resolved.row.id, kept);
      return { directories: [resolved.at.parentId, HISTORY_ID], entries: kept === null ? [] : [resolved.row.id] };
  }
}

/** Looks a step up and records it: for a tree that lies elsewhere. */
export function replayStep(manifest: Manifest, step: Step, resolver: Resolver): Recorded {
  return recordStep(manifest, resolver.resolve(step), null);
}

function recordCreate(
  manifest: Manifest,
  resolved: Extract<Resolved, { kind: 'create' }>,
  kept: KeptVersion | null,
  seen: Seen | null,
): Recorded {
  const { at, entry, replaces } = resolved;
  if (replaces === null) return { directories: [at.parentId], entries: [manifest.insert(at.parentId, at.name, entry, seen)] };
  const directories = [at.parentId, HISTORY_ID];
  if (replaces.kind === 'file' && entry.kind === 'file') {
    if (kept !== null)
      manifest.insert(HISTORY_ID, kept.slot, { kind: 'file', meta: replaces.meta, content: replaces.content }, kept.seen);
    manifest.update(replaces.id, { meta: entry.meta, content: entry.content, group: entry.group ?? null });
    return { directories, entries: [replaces.id] };
  }
  retire(manifest, replaces.id, kept);
  return { directories, entries: [manifest.insert(at.parentId, at.name, entry, seen)] };
}

function recordMetadata(manifest: Manifest, { row, meta, group, names }: Extract<Resolved, { kind: 'set-metadata' }>): Recorded {
  for (const name of names) manifest.update(name.id, name.kind === 'file' ? { meta, group } : { meta });
  if (row.kind === 'directory') return { directories: [row.id], entries: [] };
  return { directories: [], entries: names.map(({ id }) => id) };
}

function retire(manifest: Manifest, id: number, kept: KeptVersion | null): void {
  if (kept === null) {
    manifest.remove(id);
    return;
  }
  manifest.rename(id, HISTORY_ID, kept.slot);
  manifest.setSeen(id, kept.seen);
}
