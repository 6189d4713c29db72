import { readFile } from 'node:fs/promises';
import { BtsootError, errnoOf, fromSystemError } from '@btsoot/shared/model/errors.js';
import { limits } from '@btsoot/shared/model/limits.js';
import { type AgentSettings, NO_AGENT_SETTINGS } from './agent-settings.js';
import type { NotifySettings } from './config-notify.js';
import { listNames } from './names.js';
import type { Paths } from './paths.js';
import type { Block } from './sync-types.js';
import type { RateTimetable } from './transfer/timetable.js';

/** A paired remote agent. Its certificates lie in `remotePaths`. */
export interface Remote {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  /** How fast may be sent to it at which time of the week; null: as fast as it goes. */
  readonly rateLimit: RateTimetable | null;
}

export interface Config {
  /** The file that it was read from, for messages. */
  readonly file: string;
  readonly blocks: ReadonlyMap<string, Block>;
  readonly remotes: ReadonlyMap<string, Remote>;
  readonly notify: NotifySettings;
  readonly agent: AgentSettings;
}

/** Where the config says nothing about it. */
export const NOBODY: NotifySettings = { on: new Set(), command: null, webhook: null, staleAfterMs: limits.staleAfterDefaultMs };

/** What an empty file says. */
export const NO_CONFIG: Config = { file: '', blocks: new Map(), remotes: new Map(), notify: NOBODY, agent: NO_AGENT_SETTINGS };

/**
 * Reads the config file. A missing one is an empty config: nothing is paired or added yet.
 * @throws BtsootError of kind `invalid` whose message names file, line and key of every fault.
 */
export async function loadConfig(paths: Paths): Promise<Config> {
  const text = await readConfigText(paths);
  if (text.trim() === '') return { ...NO_CONFIG, file: paths.configFile };
  const { parseConfig } = await import('./config-parse.js');
  return parseConfig(text, paths.configFile);
}

/** The config file's text, empty where there is no file. */
export async function readConfigText(paths: Paths): Promise<string> {
  try {
    return await readFile(paths.configFile, 'utf8');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return '';
    throw fromSystemError(error, `reading ${paths.configFile}`);
  }
}

/** @throws BtsootError of kind `not-found` that lists the known blocks. */
export function findBlock(config: Config, name: string): Block {
  const block = config.blocks.get(name);
  if (block !== undefined) return block;
  throw new BtsootError('not-found', `there is no block named "${name}" (known: ${listNames(config.blocks.keys())})`, {
    hint:
      config.blocks.size > 0
        ? 'Add one with `btsoot add <block> <source-dir> <target>`.'
        : 'Add one with `btsoot add <block> <source-dir> <target>`. Each user has settings of its own, so what was added without sudo is unknown with it, and the other way round.',
  });
}

/** @throws BtsootError of kind `not-found` that lists the known remotes. */
export function findRemote(config: Config, name: string): Remote {
  const remote = config.remotes.get(name);
  if (remote !== undefined) return remote;
  throw new BtsootError('not-found', `there is no remote named "${name}" (known: ${listNames(config.remotes.keys())})`, {
    hint: `Pair it with \`btsoot pair CODE --name ${name}\`; \`btsoot-remote pair\` on the other machine prints the code.`,
  });
}
