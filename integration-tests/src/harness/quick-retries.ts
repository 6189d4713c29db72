import { limits } from '@btsoot/shared/model/limits.js';

/* For tests: loaded before an agent (`--import`), so that what it waits between two tries is no part of a test's time. */
Object.assign(limits, { retryDelayFirstMs: 10, retryDelayMaxMs: 100 });
