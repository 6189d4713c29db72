import { readFile } from 'node:fs/promises';
import { isThere } from '@btsoot/shared/disk/is-there.js';
import { display } from '@btsoot/shared/model/bytes.js';
import { BtsootError, errnoOf, fromSystemError } from '@btsoot/shared/model/errors.js';
import type { RemoteAddress } from '@btsoot/shared/wire/client.js';
import { type Config, findRemote, type Remote } from './config.js';
import type { Logger } from './log.js';
import { type Paths, remotePaths } from './paths.js';
import type { BlockTarget, Connection } from './sync-types.js';

export type TlsAddress = RemoteAddress & { readonly kind: 'tls' };

export interface ConnectOptions {
  /** Whether a local root without BTSOOT's folder may be made one: only `add` may. */
  readonly newRoot: boolean;
}

/**
 * Opens the way to a target's remote agent: over mutual TLS, or to one that is started here for a local directory.
 * @throws BtsootError of kind `unreachable` where a local target's disk is not there, `not-found` for an unknown remote.
 */
export async function connectTarget(
  config: Config,
  paths: Paths,
  log: Logger,
  target: BlockTarget,
  options: ConnectOptions,
): Promise<Connection> {
  switch (target.kind) {
    case 'local':
      return await connectLocal(target.root, paths, log, options);
    case 'remote':
      return await connectRemote(findRemote(config, target.remote), paths);
    default:
      return target satisfies never;
  }
}

async function connectLocal(root: string, paths: Paths, log: Logger, options: ConnectOptions): Promise<Connection> {
  checkRoot(root, options);
  const { startEmbeddedRemote } = await import('./embedded-remote.js');
  const embedded = await startEmbeddedRemote(root, { log, stateDirectory: paths.stateDirectory });
  const { RemoteClient } = await import('@btsoot/shared/wire/client.js');
  const client = RemoteClient.connect({ kind: 'unix', path: embedded.socketPath });
  return {
    client,
    close: async () => {
      client.close();
      await embedded.close();
    },
  };
}

/** An empty mount point must not become a new root: everything would be copied to the wrong disk. */
function checkRoot(root: string, options: ConnectOptions): void {
  if (!isTarget(root)) {
    throw new BtsootError('unreachable', `the target's directory ${display(root)} does not exist`, {
      hint: 'Is its disk mounted? A new directory has to be made first.',
    });
  }
  if (options.newRoot || isTarget(`${root}/.btsoot`)) return;
  throw new BtsootError(
    'unreachable',
    `${display(root)} holds no .btsoot folder: this is not the disk that the block was added with`,
    {
      hint: 'Is the disk mounted? To begin anew on this one, run `btsoot add` again.',
    },
  );
}

/** A disk or share that does not answer may answer later, as one that is not mounted may be mounted. */
function isTarget(path: string): boolean {
  try {
    return isThere(path);
  } catch (error) {
    const { message, hint } = fromSystemError(error, 'the target');
    throw new BtsootError('unreachable', message, { ...(hint === undefined ? {} : { hint }), cause: error });
  }
}

async function connectRemote(remote: Remote, paths: Paths): Promise<Connection> {
  const address = await addressOf(remote, paths);
  const { RemoteClient } = await import('@btsoot/shared/wire/client.js');
  const client = RemoteClient.connect(address);
  return { client, close: async () => client.close() };
}

/** Where a paired remote is, and what it and this source know each other by. @throws BtsootError of kind `not-found` where that is missing. */
export async function addressOf(remote: Remote, paths: Paths): Promise<TlsAddress> {
  const files = remotePaths(paths, remote.name);
  const [ca, certificate, key] = await Promise.all([files.ca, files.certificate, files.key].map((file) => readPem(file, remote)));
  return { kind: 'tls', host: remote.host, port: remote.port, ca: ca ?? '', certificate: certificate ?? '', key: key ?? '' };
}

async function readPem(file: string, remote: Remote): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw fromSystemError(error, `reading ${file}`);
    throw new BtsootError('not-found', `the remote ${remote.name} has no ${file}`, {
      hint: `Pair it again: \`btsoot pair CODE --name ${remote.name} --replace\`.`,
      cause: error,
    });
  }
}
