import type { TreePath } from './bytes.js';
import type { Content } from './entry.js';

/**
 * What is wrong with a file that nobody is known to have changed:
 *
 * - `rotten`: its bytes are not those that it had, though its size and times are
 * - `unreadable`: the disk does not give them
 * - `missing`: an old version has gone from history
 */
export type DamageKind = (typeof DAMAGE_KINDS)[number];

export const DAMAGE_KINDS = ['rotten', 'unreadable', 'missing'] as const;

/** An entry whose content is not to be used. */
export interface Damage {
  /** Of its row. */
  readonly id: number;
  readonly kind: DamageKind;
  /** What it should hold. */
  readonly expected: Content;
  /** Microseconds since the epoch. */
  readonly foundUs: number;
}

/** A damage by its path, and `lost`: an old version that was kept with a content that is no longer there. */
export const FINDING_KINDS = [...DAMAGE_KINDS, 'lost'] as const;

export interface Finding {
  /** In the tree; of an old version, where it was. */
  readonly path: TreePath;
  readonly kind: (typeof FINDING_KINDS)[number];
  /** That replaced or removed this old version; 0: it is in the tree. */
  readonly session: number;
  readonly sizeBytes: number;
}
