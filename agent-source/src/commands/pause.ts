import { BtsootError } from '@btsoot/shared/model/errors.js';
import type { ControlClient } from '@btsoot/shared/wire/client.js';
import { loadConfig } from '../config.js';
import { namedBlocks } from '../context.js';
import { type ExitStatus, exitStatus } from '../exit-status.js';
import { pausedText } from '../output/status-text.js';
import { findPaths, type Paths } from '../paths.js';
import { pauseFrom, readPause, writePause } from '../pause.js';
import { findAgent } from '../trigger.js';
import { UsageError } from '../usage-error.js';

/** @param options `for`: milliseconds */
export async function pauseCommand(names: readonly string[], options: { readonly for?: number }): Promise<ExitStatus> {
  return await forEach(names, async (paths, agent, block) => {
    const nowUs = Date.now() * 1000;
    const untilUs = options.for === undefined ? null : nowUs + options.for * 1000;
    if (agent === null) writePause(paths, block, pauseFrom(readPause(paths, block, nowUs), untilUs, nowUs));
    else await agent.pause({ block, untilUs: untilUs ?? 0 });
    const pause = readPause(paths, block, nowUs);
    return pause === null ? 'goes on already' : pausedText(pause, nowUs);
  });
}

export async function resumeCommand(names: readonly string[]): Promise<ExitStatus> {
  return await forEach(names, async (paths, agent, block) => {
    const wasPaused = readPause(paths, block, Date.now() * 1000) !== null;
    if (agent === null) writePause(paths, block, null);
    else await agent.resume({ block });
    return wasPaused ? 'goes on' : 'was not paused';
  });
}

/** @param act says what has become of the block */
async function forEach(
  names: readonly string[],
  act: (paths: Paths, agent: ControlClient | null, block: string) => Promise<string>,
): Promise<ExitStatus> {
  const paths = findPaths();
  const blocks = namedBlocks(await loadConfig(paths), names);
  if (blocks.length === 0) {
    throw new UsageError('not-found', 'there is no block yet', {
      hint: 'Add one with `btsoot add <block> <source-dir> <target>`.',
    });
  }
  const agent = await findAgent(paths);
  try {
    for (const { name } of blocks) process.stdout.write(`${name}: ${await act(paths, agent, name)}\n`);
  } catch (error) {
    throw isOlder(error) ? olderAgent(error) : error;
  } finally {
    agent?.close();
  }
  if (agent === null) process.stderr.write('No agent runs here: it holds from when one starts.\n');
  return exitStatus.done;
}

function isOlder(error: unknown): boolean {
  return error instanceof BtsootError && error.kind === 'version';
}

function olderAgent(cause: unknown): BtsootError {
  return new BtsootError('version', 'the agent that runs is of an earlier version, which cannot be told from here', {
    hint: 'Restart it, so that it is of this version too (`systemctl restart btsoot-agent`), then run this again.',
    cause,
  });
}
