import { unwatchFile, watchFile } from 'node:fs';
import { limits } from '@btsoot/shared/model/limits.js';
import { type Config, loadConfig } from '../config.js';
import type { Logger } from '../log.js';
import type { Paths } from '../paths.js';
import { errorView } from '../sync-message.js';

export interface ConfigFollower {
  /** Resolves when the config as it is at first has been taken up. */
  readonly first: Promise<void>;
  stop(): void;
}

/** Tells of the config at first and whenever its file has changed. What has a mistake in it is said, and changes nothing. */
export function followConfig(paths: Paths, log: Logger, update: (config: Config) => Promise<void>): ConfigFollower {
  const read = async (): Promise<void> => {
    try {
      await update(await loadConfig(paths));
    } catch (error) {
      log.log('error', 'the config file cannot be used: the settings stay as they were', { error: errorView(error).message });
    }
  };
  let last = read();
  const onChange = (): void => {
    last = last.then(read);
  };
  watchFile(paths.configFile, { interval: limits.configLookEveryMs, persistent: false }, onChange);
  return { first: last, stop: () => unwatchFile(paths.configFile, onChange) };
}
