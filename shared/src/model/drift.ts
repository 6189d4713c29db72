import type { TreePath } from './bytes.js';

export const DRIFT_POLICIES = ['quick', 'trust', 'full'] as const;

/**
 * How a remote makes sure of its tree when a session begins. `quick`: it stats every entry and compares with its
 * manifest. `trust`: it believes the manifest. `full`: it reads every file.
 */
export type DriftPolicy = (typeof DRIFT_POLICIES)[number];

/**
 * What became of a mirrored entry that nobody asked for:
 *
 * - `edited`: a file has other bytes, or a symlink leads elsewhere
 * - `replaced`: something else has its name
 * - `added`, `removed`, `moved`
 * - `changed`: its mode, owner or time is another one
 * - `damaged`: its bytes are other ones though nobody wrote to it, or cannot be read
 */
export type DriftHow = (typeof DRIFT_HOWS)[number];

export const DRIFT_HOWS = ['edited', 'replaced', 'added', 'removed', 'moved', 'changed', 'damaged'] as const;

export interface Drifted {
  readonly path: TreePath;
  readonly how: DriftHow;
  /** Versions in history that were kept as what leads back from the bytes that are no longer there. */
  readonly olderVersions: number;
}

/** What a check found: the first of it, and how much it was. */
export interface DriftReport {
  /** Entries; of a folder that was removed, all that were in it. */
  readonly count: number;
  readonly first: readonly Drifted[];
}
