import { limits } from '@btsoot/shared/model/limits.js';

/** A command that is asked to end is killed after a while, and its output waited for as long again. */
const commandEndMs = 2 * limits.hookEndMaxMs;

/** How long a run may take from the agent's stop on: the sync or the command before it ends, then the one after it runs, then somebody is told. */
export const runStopMaxMs =
  Math.max(limits.agentStopMaxMs, commandEndMs) + (limits.hookStopMaxMs + commandEndMs) + (limits.notifyStopMaxMs + commandEndMs);

/** How long the agent takes in all: its server waits for calls, and then for their handlers. `TimeoutStopSec` of its units is more. */
export const stopMaxMs = runStopMaxMs + 2 * limits.agentCloseMaxMs;
