import { existsSync } from 'node:fs';
import { BtsootError } from '@btsoot/shared/model/errors.js';
import { limits } from '@btsoot/shared/model/limits.js';
import type { ControlClient } from '@btsoot/shared/wire/client.js';
import type { Paths } from './paths.js';
import { errorView, isEnd, readSyncMessage, type SyncEnd } from './sync-message.js';
import { runSync, type SyncRun } from './sync-run.js';
import type { Block, Context } from './sync-types.js';

/** A channel to the running agent, or null where none runs. The caller closes it. */
export async function findAgent(paths: Paths, answerMaxMs: number = limits.agentPingMaxMs): Promise<ControlClient | null> {
  if (!existsSync(paths.agentSocket)) return null;
  const { ControlClient } = await import('@btsoot/shared/wire/client.js');
  const client = ControlClient.connect(paths.agentSocket);
  try {
    await client.ping(AbortSignal.timeout(answerMaxMs));
    return client;
  } catch {
    // Left over from an agent that was killed, or one that hangs: the block's lock keeps us apart then.
    client.close();
    return null;
  }
}

/** Has the running agent do the sync, or does it here where none runs. Emits as `runSync` does, and returns the end. */
export async function triggerSync(context: Context, block: Block, run: SyncRun): Promise<SyncEnd> {
  const agent = await findAgent(context.paths);
  if (agent === null) {
    const { syncBlock } = await import('./cycle.js');
    return await runSync(context, block, run, syncBlock);
  }
  try {
    return await followAgent(agent, block, run);
  } catch (error) {
    const end: SyncEnd = { block: block.name, kind: 'error', error: errorView(explain(error, run.signal)) };
    run.emit(end);
    return end;
  } finally {
    agent.close();
  }
}

async function followAgent(agent: ControlClient, block: Block, run: SyncRun): Promise<SyncEnd> {
  const request = { block: block.name, dryRun: run.dryRun, acceptPlan: run.acceptPlan ?? '', drift: run.drift ?? '' };
  for await (const event of agent.sync(request, run.signal)) {
    const message = readSyncMessage(event.json);
    run.emit(message);
    if (isEnd(message)) return message;
  }
  throw new BtsootError('io', 'the agent ended before the sync did', { hint: 'See its log, then sync again: it resumes.' });
}

function explain(error: unknown, signal: AbortSignal): unknown {
  if (!signal.aborted) return error;
  return new BtsootError('cancelled', 'no longer watching; the running agent goes on with the sync', {
    hint: '`btsoot status` shows how it goes.',
  });
}
