import { limits } from '@btsoot/shared/model/limits.js';
import type { Block } from './sync-types.js';

/** A block's settings where its section of the config file says nothing about them. */
export const BLOCK_DEFAULTS: Omit<Block, 'name' | 'source' | 'sourceIdentity' | 'target'> = {
  drift: 'quick',
  owners: 'number',
  specials: 'skip',
  readers: null,
  guard: { sharePercent: limits.guardShareMaxPercent, entries: limits.guardEntriesMax },
  ignore: [],
  ignored: 'keep',
  watch: false,
  settleMs: limits.settleDefaultMs,
  schedule: null,
  hooks: { before: null, after: null, limitMs: limits.hookDefaultMs },
  ping: null,
};
