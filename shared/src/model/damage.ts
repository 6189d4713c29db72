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
