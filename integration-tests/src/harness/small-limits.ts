import { limits } from '@btsoot/shared/model/limits.js';

/*
 * For tests: loaded before an agent (`--import`), so that what it does with large files it does with small ones too. The
 * judge of the tests does not load it.
 */
Object.assign(limits, { inPlaceSizeMinBytes: limits.chunkedSizeMinBytes, undoPatchesMax: 6, groupStepsMax: 20 });
