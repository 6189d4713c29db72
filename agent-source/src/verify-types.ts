import type { FINDING_KINDS } from '@btsoot/shared/model/damage.js';
import type { SyncResult, WatchOptions } from './sync-types.js';

export type Side = 'source' | 'remote';

export interface VerifyOptions extends WatchOptions {
  readonly sides: readonly Side[];
  readonly repair: boolean;
  /** Null: as fast as it goes. */
  readonly bytesPerSecond: number | null;
}

/** What reading one side's contents again came to. */
export interface SideResult {
  readonly files: number;
  readonly bytes: number;
  /** Files of the tree whose bytes are not what they should be. */
  readonly damaged: number;
  /** Old versions on the remote that cannot be given back. */
  readonly damagedInHistory: number;
  /** Files that were changed since they were last looked at: the next sync's business. */
  readonly changed: number;
  /** Files that could not be read for another reason than damage. */
  readonly skipped: number;
}

/** One damaged file. Paths are for display. */
export interface FindingView {
  readonly side: Side;
  readonly path: string;
  readonly kind: (typeof FINDING_KINDS)[number];
  /** That replaced or removed this old version; 0: it is in the tree. */
  readonly session: number;
}

export interface VerifyResult {
  /**
   * - `good`: all contents are what they should be
   * - `repaired`: now they are
   * - `damaged`: some are not, or could not be read
   */
  readonly kind: 'good' | 'repaired' | 'damaged';
  readonly block: string;
  /** After a repair: what is left. Null for a side that was not to be verified. */
  readonly source: SideResult | null;
  readonly remote: SideResult | null;
  /** The first of what was found, before a repair. */
  readonly findings: readonly FindingView[];
  /** How the repair of the source, and that of the remote, went; null where there was none. */
  readonly restored: SyncResult | null;
  readonly synced: SyncResult | null;
  readonly durationMs: number;
}
