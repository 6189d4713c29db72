import { homedir } from 'node:os';
import path from 'node:path';
import { BtsootError } from '@btsoot/shared/model/errors.js';

/** Where this agent keeps its files. All are absolute. */
export interface Paths {
  readonly configDirectory: string;
  readonly configFile: string;
  readonly stateDirectory: string;
  /** Control socket of the running agent. */
  readonly agentSocket: string;
  /** Held locked by the running agent. */
  readonly agentLock: string;
  readonly logFile: string;
  /** Who may see the dashboard beside the agent's own user. */
  readonly dashboardToken: string;
}

export interface BlockPaths {
  readonly directory: string;
  readonly sourceManifest: string;
  readonly replicaManifest: string;
  /** Held locked by whoever works on the block. */
  readonly lock: string;
  /** Held locked by whoever runs the block's commands around a sync. */
  readonly hooksLock: string;
  /** How the last sync ended. */
  readonly lastResult: string;
  readonly lastVerify: string;
  /** When somebody was told of what. */
  readonly told: string;
  /** What earlier syncs have sent and saved. */
  readonly syncRecords: string;
  /** There while the agent is to begin nothing by itself. */
  readonly pause: string;
}

export interface RemotePaths {
  readonly directory: string;
  readonly ca: string;
  readonly certificate: string;
  readonly key: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * `$BTSOOT_CONFIG` and `$BTSOOT_STATE` come before the XDG directories. Relative XDG values are ignored, as the XDG
 * base directory specification says.
 * @throws BtsootError of kind `invalid` where ours are relative: they would mean another place in each directory.
 */
export function findPaths(environment: Environment = process.env, home: string = homedir()): Paths {
  const configDirectory = own(environment, 'BTSOOT_CONFIG') ?? xdg(environment, 'XDG_CONFIG_HOME', path.join(home, '.config'));
  const stateDirectory = own(environment, 'BTSOOT_STATE') ?? xdg(environment, 'XDG_STATE_HOME', path.join(home, '.local/state'));
  return {
    configDirectory,
    configFile: path.join(configDirectory, 'config.toml'),
    stateDirectory,
    agentSocket: path.join(stateDirectory, 'agent.sock'),
    agentLock: path.join(stateDirectory, 'agent.lock'),
    logFile: path.join(stateDirectory, 'btsoot.log'),
    dashboardToken: path.join(stateDirectory, 'dashboard-token'),
  };
}

export function blockPaths(paths: Paths, block: string): BlockPaths {
  const directory = path.join(paths.stateDirectory, 'blocks', block);
  return {
    directory,
    sourceManifest: path.join(directory, 'source.db'),
    replicaManifest: path.join(directory, 'replica.db'),
    lock: path.join(directory, 'lock'),
    hooksLock: path.join(directory, 'hooks.lock'),
    lastResult: path.join(directory, 'last.json'),
    lastVerify: path.join(directory, 'verify.json'),
    told: path.join(directory, 'told.json'),
    syncRecords: path.join(directory, 'syncs.jsonl'),
    pause: path.join(directory, 'pause.json'),
  };
}

export function remotePaths(paths: Paths, remote: string): RemotePaths {
  const directory = path.join(paths.configDirectory, 'remotes', remote);
  return {
    directory,
    ca: path.join(directory, 'ca.pem'),
    certificate: path.join(directory, 'cert.pem'),
    key: path.join(directory, 'key.pem'),
  };
}

function own(environment: Environment, variable: string): string | undefined {
  const value = environment[variable];
  if (value === undefined || value === '') return undefined;
  if (!path.isAbsolute(value)) {
    throw new BtsootError('invalid', `$${variable} is "${value}", which is not an absolute directory`, {
      hint: 'Set it to a directory that begins with a slash, or unset it.',
    });
  }
  return path.normalize(value);
}

function xdg(environment: Environment, variable: string, fallback: string): string {
  const value = environment[variable];
  return path.join(value !== undefined && path.isAbsolute(value) ? value : fallback, 'btsoot');
}
