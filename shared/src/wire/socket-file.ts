import { chmodSync, lstatSync, mkdirSync, type Stats, statSync, unlinkSync } from 'node:fs';
import { connect } from 'node:net';
import { dirname } from 'node:path';
import { BtsootError, errnoOf, fromSystemError } from '../model/errors.js';

/** What fits into a sockaddr_un, without its closing NUL. */
const PATH_MAX_BYTES = 107;

/**
 * Makes room for a Unix socket at an absolute path: makes its folder, private, and removes the socket of a process that
 * is gone.
 * @throws BtsootError of kind `exists` when a living process listens there, or something else than a socket is there;
 * `denied` when others may write to the folder; `invalid` for a path that no socket can have.
 */
export async function claimSocket(path: string): Promise<void> {
  if (Buffer.byteLength(path) > PATH_MAX_BYTES) {
    throw new BtsootError('invalid', `the socket's path ${path} is over ${PATH_MAX_BYTES} bytes long`, {
      hint: 'Choose a state folder with a shorter path.',
    });
  }
  privateFolder(dirname(path));
  const there = lstatSync(path, { throwIfNoEntry: false });
  if (there === undefined) return;
  if (!there.isSocket())
    throw new BtsootError('exists', `${path} is in the way: a socket belongs there`, { hint: 'Move it out of the way.' });
  if (await answers(path))
    throw new BtsootError('exists', `another process listens on ${path}`, { hint: 'Stop that one, or wait for it to end.' });
  try {
    unlinkSync(path);
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw fromSystemError(error, `removing the abandoned socket ${path}`);
  }
}

/** To be called once the socket is bound. */
export function closeToOthers(path: string): void {
  chmodSync(path, 0o600);
}

function privateFolder(folder: string): void {
  let stats: Stats;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    stats = statSync(folder);
  } catch (error) {
    throw fromSystemError(error, `making the socket's folder ${folder}`);
  }
  if ((stats.mode & 0o022) !== 0) {
    throw new BtsootError('denied', `others may write to ${folder}, and could put their own socket there`, {
      hint: `Run: chmod go-w '${folder}'`,
    });
  }
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', (error) => {
      const code = errnoOf(error);
      if (code === 'ECONNREFUSED' || code === 'ENOENT') resolve(false);
      else if (code === 'EAGAIN')
        resolve(true); // its queue is full
      else reject(fromSystemError(error, `asking who listens on ${path}`));
    });
  });
}
