import { type Config, findBlock, loadConfig } from './config.js';
import { type Logger, openLog } from './log.js';
import { findPaths, type Paths } from './paths.js';
import type { Block, Context } from './sync-types.js';
import { checkingArguments } from './usage-error.js';

/** What a one-shot command works with: the config as it is now, a log in the state directory. */
export async function openContext(): Promise<Context> {
  const paths = findPaths();
  return makeContext(await loadConfig(paths), paths, openLog({ kind: 'file', file: paths.logFile }));
}

export function makeContext(config: Config, paths: Paths, log: Logger): Context {
  return {
    config,
    paths,
    log,
    connect: async (block) => {
      const { connectTarget } = await import('./connect.js');
      return await connectTarget(config, paths, log, block.target, { newRoot: false });
    },
  };
}

/** The blocks that the command line names; none named: all. @throws UsageError for an unknown one. */
export function namedBlocks(config: Config, names: readonly string[]): Block[] {
  if (names.length === 0) return [...config.blocks.values()];
  return [...new Set(names)].map((name) => namedBlock(config, name));
}

/** @throws UsageError that lists the known blocks. */
export function namedBlock(config: Config, name: string): Block {
  return checkingArguments(() => findBlock(config, name));
}
