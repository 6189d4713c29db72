import { limits } from '@btsoot/shared/model/limits.js';

/*
 * For tests: loaded before an agent (`--import`), so that what it waits between two tries is no part of a test's time, and
 * a connection that was cut is noticed without a keepalive or not at all.
 */
Object.assign(limits, { retryDelayFirstMs: 10, retryDelayMaxMs: 100, keepaliveIntervalMs: 60 * 60 * 1_000 });
