import { mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { BtsootError, errnoOf } from '@btsoot/shared/model/errors.js';
import { limits } from '@btsoot/shared/model/limits.js';

/** What the socket in such a folder is called. */
export const SOCKET_NAME = 's';

/** What `mkdtemp` adds to a name. */
const RANDOM_PART = 'XXXXXX';

/**
 * Makes a folder for a Unix socket, for its owner alone: in `$XDG_RUNTIME_DIR`, in the directory for temporary files, or
 * else in the state directory. Below sudo and cron the first may be named and not be there, and a path may be too long.
 * @throws BtsootError of kind `io` that says of each place why it will not do.
 */
export async function makeSocketFolder(stateDirectory: string, environment: NodeJS.ProcessEnv): Promise<string> {
  const runtime = environment['XDG_RUNTIME_DIR'] ?? '';
  const places = [...(path.isAbsolute(runtime) ? [runtime] : []), environment['TMPDIR'] || tmpdir(), stateDirectory];
  const reasons: string[] = [];
  for (const place of places) {
    const prefix = path.join(path.resolve(place), 'btsoot-');
    const length = Buffer.byteLength(path.join(prefix + RANDOM_PART, SOCKET_NAME));
    if (length > limits.socketPathMaxBytes) {
      reasons.push(`in ${place} its path has ${length} bytes, and may have ${limits.socketPathMaxBytes}`);
      continue;
    }
    try {
      if (place === stateDirectory) await mkdir(place, { recursive: true, mode: 0o700 });
      return await mkdtemp(prefix);
    } catch (error) {
      reasons.push(`${place}: ${errnoOf(error) ?? String(error)}`);
    }
  }
  throw new BtsootError('io', `there is no place for the socket of the local target: ${reasons.join('; ')}`, {
    hint: 'Set TMPDIR to a directory of yours that exists and has a short path.',
  });
}
