import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { errnoOf } from '@btsoot/shared/model/errors.js';
import { type Paths, remotePaths } from './paths.js';

/** The files of a pairing while it is not sure yet: beside those of the remotes, in a folder for the owner alone. */
export interface StagedFiles {
  /** Puts them in the place of the remote's files, all three at once, with the certificates that its owner sent. PEM. */
  keep(remote: string, certificates: { readonly ca: string; readonly certificate: string }): Promise<void>;
  /** Removes what was not kept. */
  discard(): Promise<void>;
}

/** Writes the key where it will be needed: what cannot be kept is not worth a pairing code. */
export async function stageRemoteFiles(paths: Paths, keyPem: string): Promise<StagedFiles> {
  const parent = path.dirname(remotePaths(paths, 'any').directory);
  await mkdir(parent, { recursive: true, mode: 0o700 });
  const fresh = await mkdtemp(path.join(parent, '.new-'));
  const write = (name: string, text: string) => writeFile(path.join(fresh, name), text, { mode: 0o600, flush: true });
  const discard = () => rm(fresh, { recursive: true, force: true });
  try {
    await write('key.pem', keyPem);
  } catch (error) {
    await discard();
    throw error;
  }
  return {
    discard,
    async keep(remote, { ca, certificate }) {
      await write('cert.pem', certificate);
      await write('ca.pem', ca);
      await replaceDirectory(fresh, remotePaths(paths, remote).directory);
    },
  };
}

/** What was there before is gone only once the new is in its place. */
async function replaceDirectory(fresh: string, directory: string): Promise<void> {
  const old = `${fresh}.old`;
  try {
    await rename(directory, old);
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
  }
  try {
    await rename(fresh, directory);
  } catch (error) {
    await rename(old, directory).catch(() => {});
    throw error;
  }
  await rm(old, { recursive: true, force: true });
}
