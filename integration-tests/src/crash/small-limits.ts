import { limits } from '@btsoot/shared/model/limits.js';

/*
 * Loaded into the agents under test (`--import`), so that small files go the ways of large ones, a session has many
 * groups, and a failed try is repeated soon.
 */
Object.assign(limits, {
  checkpointIntervalBytes: 128 * 1024,
  partialSizeMinBytes: 64 * 1024,
  inPlaceSizeMinBytes: 256 * 1024,
  inlineSizeMaxBytes: 1024,
  groupStepsMax: 8,
  retryDelayFirstMs: 20,
  syncRetriesDefault: 6,
});
