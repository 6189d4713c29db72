import { mkdir } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { DRIFT_POLICIES, type DriftPolicy } from '@btsoot/shared/model/drift.js';
import { BtsootError } from '@btsoot/shared/model/errors.js';
import { limits } from '@btsoot/shared/model/limits.js';
import { serveControl } from '@btsoot/shared/wire/server.js';
import type { ControlHandlers } from '@btsoot/shared/wire/service.js';
import { findBlock, loadConfig } from '../config.js';
import { makeContext } from '../context.js';
import { Dashboard } from '../dashboard/dashboard.js';
import { takeLock } from '../lock.js';
import type { Logger } from '../log.js';
import type { Paths } from '../paths.js';
import { checkPauseEnd } from '../pause.js';
import type { SourceWatch } from '../source-watch.js';
import { errorView, type SyncEnd, type SyncMessage } from '../sync-message.js';
import { runSync } from '../sync-run.js';
import type { SyncBlock } from '../sync-types.js';
import { version } from '../version.js';
import { followConfig } from './config-follower.js';
import type { LooksAt } from './due.js';
import { eventJson } from './event-json.js';
import { JoinedRuns, type SyncRequestView } from './joined-runs.js';
import { Keepers } from './keepers.js';
import { LiveRuns } from './live-runs.js';
import { MetricsDoor } from './metrics-door.js';
import { RunTally } from './run-tally.js';
import { StaleWatch } from './stale.js';
import { runStopMaxMs } from './stop-time.js';

export interface AgentOptions {
  readonly paths: Paths;
  readonly log: Logger;
  readonly syncBlock: SyncBlock;
  /** Ends the agent: running syncs stop at a point they can resume from. */
  readonly signal: AbortSignal;
  /** Called once the control socket answers. */
  readonly onReady: () => void;
}

/**
 * The source agent as a service, until the signal says stop.
 * @throws BtsootError of kind `exists` where an agent runs on this state directory already.
 */
export async function runAgent(options: AgentOptions): Promise<void> {
  const { paths, log, signal } = options;
  checkSocketPath(paths.agentSocket);
  await mkdir(paths.stateDirectory, { recursive: true, mode: 0o700 });
  const lock = await takeAgentLock(paths);
  try {
    const tally = new RunTally();
    const live = new LiveRuns();
    const runs: JoinedRuns = new JoinedRuns((request, emit, stop) => {
      const tell = (message: SyncMessage): void => {
        emit(message);
        if (!request.dryRun) live.hear(message);
      };
      return keepers.during(request, async (watch) => {
        const end = await endOf(options, watch, request, tell, stop);
        if (!request.dryRun) tally.ended(end);
        return end;
      });
    });
    const keepers = new Keepers({
      paths,
      log,
      run: (block, looksAt, stop) => runByItself(runs, block, looksAt, stop),
      onPause: (block, isPaused) => {
        if (isPaused) runs.stopRun(block, new BtsootError('cancelled', 'the block was paused', { hint: KEPT }));
        live.changed(block);
      },
    });
    const onError = (error: unknown, method: string): void =>
      log.log('error', 'control call failed', { method, error: errorView(error).message });
    const server = await serveControl(controlHandlers(paths, runs, keepers), paths.agentSocket, { onError });
    log.log('info', 'agent started', { pid: process.pid, socket: paths.agentSocket });
    const stale = new StaleWatch(paths, log);
    const metrics = new MetricsDoor(log, {
      paths,
      kept: () => keepers.kept(),
      running: () => runs.running(),
      tallyOf: (block) => tally.of(block),
    });
    const dashboard = new Dashboard({ paths, log, runs, keepers, live });
    const follower = followConfig(paths, log, async (config) => {
      await keepers.update(config);
      await metrics.update(config.agent.metrics);
      stale.update(config);
      await dashboard.update(config);
    });
    await follower.first;
    options.onReady();
    await untilAborted(signal);
    log.log('info', 'agent stops', { running: runs.running().length });
    follower.stop();
    stale.stop();
    keepers.stop();
    const inTime = await endedWithin(runStopMaxMs, [dashboard.close(), runs.stop(), metrics.close()]);
    if (!inTime) log.log('warn', 'not all that ran has come to an end in time', { running: runs.running().length });
    await server.close(limits.agentCloseMaxMs, limits.agentCloseMaxMs);
    log.log('info', 'agent stopped');
  } finally {
    lock.release();
  }
}

const KEPT = 'What was done by then is kept.';

/** The config is read anew for each run: `btsoot add` needs no restart. */
async function endOf(
  options: AgentOptions,
  watch: SourceWatch | null,
  request: SyncRequestView,
  emit: (message: SyncMessage) => void,
  signal: AbortSignal,
): Promise<SyncEnd> {
  try {
    const config = await loadConfig(options.paths);
    const block = findBlock(config, request.block);
    const context = makeContext(config, options.paths, options.log);
    const { dryRun, acceptPlan, drift, looksAt } = request;
    const run = {
      dryRun,
      acceptPlan,
      drift,
      watch,
      looksAt,
      retries: limits.syncRetriesDefault,
      signal,
      ending: options.signal,
      emit,
    };
    return await runSync(context, block, run, options.syncBlock);
  } catch (error) {
    const end: SyncEnd = { block: request.block, kind: 'error', error: errorView(error) };
    emit(end);
    return end;
  }
}

/**
 * Nobody has asked for it and nobody listens. What a watch has told is sent without the remote looking through its tree
 * first: each step makes sure of what it touches, and the runs that look at everything do the rest.
 */
async function runByItself(runs: JoinedRuns, block: string, looksAt: LooksAt, signal: AbortSignal): Promise<void> {
  const drift = looksAt === 'changes' ? 'trust' : null;
  for await (const _ of runs.join({ block, dryRun: false, acceptPlan: null, drift, looksAt }, signal));
}

function controlHandlers(paths: Paths, runs: JoinedRuns, keepers: Keepers): ControlHandlers {
  const startedUs = Date.now() * 1000;
  const known = async (block: string): Promise<string> => findBlock(await loadConfig(paths), block).name;
  return {
    ping: async () => ({ version, pid: process.pid }),
    agentStatus: async () => ({ pid: process.pid, startedUs, running: runs.running(), planned: keepers.planned() }),
    pause: async ({ block, untilUs }) => {
      if (untilUs !== 0) checkPauseEnd(untilUs, Date.now() * 1000);
      keepers.pause(await known(block), untilUs === 0 ? null : untilUs);
      return {};
    },
    resume: async ({ block }) => {
      keepers.resume(await known(block));
      return {};
    },
    sync: async function* (request, context) {
      const acceptPlan = request.acceptPlan === '' ? null : request.acceptPlan;
      const view = {
        block: request.block,
        dryRun: request.dryRun,
        acceptPlan,
        drift: driftOf(request.drift),
        looksAt: 'everything' as const,
      };
      for await (const message of runs.join(view, context.signal)) yield { json: eventJson(message) };
    },
  };
}

function driftOf(text: string): DriftPolicy | null {
  if (text === '') return null;
  const drift = DRIFT_POLICIES.find((policy) => policy === text);
  if (drift !== undefined) return drift;
  throw new BtsootError('invalid', `"${text}" is no drift policy`, {
    hint: 'Is the running agent of another version? Restart it.',
  });
}

async function takeAgentLock(paths: Paths) {
  try {
    return await takeLock(paths.agentLock, 'held');
  } catch (error) {
    if (!(error instanceof BtsootError) || error.kind !== 'busy') throw error;
    throw new BtsootError('exists', `an agent runs already on ${paths.stateDirectory}`, {
      hint: 'See `btsoot status`. A second one needs a state directory of its own: set BTSOOT_STATE.',
    });
  }
}

function checkSocketPath(socket: string): void {
  const length = Buffer.byteLength(socket);
  if (length <= limits.socketPathMaxBytes) return;
  throw new BtsootError(
    'invalid',
    `the control socket's path ${socket} is ${length} bytes long, over the limit of ${limits.socketPathMaxBytes}`,
    { hint: 'Set BTSOOT_STATE to a shorter directory.' },
  );
}

/** Whether all of it came to an end in time; what did not is left behind. */
async function endedWithin(maxMs: number, work: readonly Promise<unknown>[]): Promise<boolean> {
  const late = new AbortController();
  try {
    const waited = sleep(maxMs, false, { signal: late.signal }).catch(() => false);
    return await Promise.race([Promise.all(work).then(() => true), waited]);
  } finally {
    late.abort();
  }
}

function untilAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
