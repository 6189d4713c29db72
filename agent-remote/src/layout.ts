import { join, resolve } from 'node:path';

/**
 * Where everything of a remote lies, below its root. Paths are text, as the file system calls take it, but for those
 * that hold a block's folder: such are byte strings.
 */
export interface Layout {
  /** Absolute. */
  readonly root: string;
  /** `<root>/.btsoot`, 0700. */
  readonly home: string;
  readonly configFile: string;
  readonly sourcesFile: string;
  readonly lockFile: string;
  readonly holderFile: string;
  /** Where `serve` answers the root's owner. */
  readonly socketFile: string;
  readonly authorityDirectory: string;
  readonly blocksDirectory: string;
}

/** The one name below the root that no block may use. */
export const homeName = '.btsoot';

export function layoutOf(root: string): Layout {
  const absolute = resolve(root);
  const home = join(absolute, homeName);
  return {
    root: absolute,
    home,
    configFile: join(home, 'remote.json'),
    sourcesFile: join(home, 'sources.json'),
    lockFile: join(home, 'lock.db'),
    holderFile: join(home, 'lock.json'),
    socketFile: join(home, 'serve.sock'),
    authorityDirectory: join(home, 'ca'),
    blocksDirectory: join(home, 'blocks'),
  };
}
