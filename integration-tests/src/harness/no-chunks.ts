import { limits } from '@btsoot/shared/model/limits.js';

/** For benchmarks: loaded before an agent (`--import`), so that no file is large enough to be cut into chunks. */
Object.assign(limits, { chunkedSizeMinBytes: Number.MAX_SAFE_INTEGER });
