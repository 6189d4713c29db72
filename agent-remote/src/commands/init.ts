import { existsSync, mkdirSync, realpathSync, statSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, relative } from 'node:path';
import { readProc } from '@btsoot/shared/disk/proc.js';
import { Manifest } from '@btsoot/shared/manifest/manifest.js';
import { display, fromText, isWithin, type TreePath } from '@btsoot/shared/model/bytes.js';
import { BtsootError, errnoOf, fromSystemError } from '@btsoot/shared/model/errors.js';
import { areKeysOpen, hasKeys, writeKeys } from '../authority-files.js';
import { blockDirectory } from '../block-folder.js';
import { listBlocks } from '../blocks.js';
import {
  defaultListen,
  type ListenAddress,
  peerNameSchema,
  type RemoteConfig,
  readConfig,
  readIfPresent,
  writeConfig,
} from '../config.js';
import { type Layout, layoutOf } from '../layout.js';
import { missingMount } from '../mount.js';
import { bytesText, explain, print } from '../output.js';
import { lockRoot } from '../root-lock.js';

export interface InitOptions {
  readonly root: string;
  /** Undefined: keep what is there, or the default. */
  readonly listen: ListenAddress | undefined;
  readonly name: string | undefined;
}

/** Makes a root a remote, or finds that it is one: blocks and keys that are there stay. */
export async function init({ root, listen, name }: InitOptions): Promise<void> {
  const layout = layoutOf(root);
  requireRoot(layout);
  refuseInside(layout);
  makeHome(layout);
  const lock = lockRoot(layout, 'initialises it');
  try {
    const config = configFor(readConfig(layout), listen, name);
    const keysFound = hasKeys(layout);
    if (!keysFound) await makeKeys(layout, config.name);
    writeConfig(layout, config);
    report(layout, config, keysFound);
  } finally {
    lock.release();
  }
}

/** A root inside a mirror would be part of what is mirrored, its keys too, and the next sync would clear it away. */
function refuseInside(layout: Layout): void {
  const real = realpathSync(layout.root);
  for (let above = dirname(real); ; above = dirname(above)) {
    const outer = layoutOf(above);
    const at = fromText(relative(above, real));
    const inside = existsSync(outer.blocksDirectory) && listBlocks(outer).find((folder) => isWithin(at as TreePath, folder));
    if (inside !== false && inside !== undefined) {
      throw new BtsootError('refused', `${layout.root} lies inside the mirror "${display(inside)}" of ${above}`, {
        hint: `That root serves all of its folders: use --root ${above}.`,
      });
    }
    if (above === dirname(above)) return;
  }
}

/** Makes `.btsoot` below an existing root. */
export function makeHome(layout: Layout): void {
  try {
    mkdirSync(layout.blocksDirectory, { recursive: true, mode: 0o700 });
  } catch (error) {
    const known = fromSystemError(error, `making ${layout.blocksDirectory}`);
    if (errnoOf(error) !== 'EACCES') throw known;
    throw new BtsootError(known.kind, known.message, {
      hint: `Give the folder to whoever runs BTSOOT there: sudo chown USER ${layout.root}. Or run it as root, and then always.`,
      cause: error,
    });
  }
  if (statSync(layout.home).dev !== statSync(layout.root).dev) {
    throw new BtsootError('refused', `${layout.home} lies on another file system than ${layout.root}`, {
      hint: 'BTSOOT moves files between the two by rename: they must lie on the same file system.',
    });
  }
}

/** @throws BtsootError where the root is missing, is no folder, or is a mount point with nothing mounted. */
export function requireRoot(layout: Layout): void {
  try {
    if (!statSync(layout.root).isDirectory())
      throw new BtsootError('invalid', `${layout.root} is not a folder`, {
        hint: 'Name the folder that is to hold the mirrors.',
      });
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw fromSystemError(error, `looking at ${layout.root}`);
    throw new BtsootError('not-found', `${layout.root} does not exist`, {
      hint: `Mount the disk if it is not mounted, or make the folder: mkdir -p ${layout.root}`,
    });
  }
  const missing = missingMount(layout.root, readIfPresent('/etc/fstab') ?? '', readProc('/proc/self/mounts'));
  if (missing === null) return;
  throw new BtsootError('refused', `${missing} is a mount point in /etc/fstab, and nothing is mounted there`, {
    hint: `Mount it first: mount ${missing}`,
  });
}

function configFor(found: RemoteConfig | null, listen: ListenAddress | undefined, name: string | undefined): RemoteConfig {
  return {
    ...found,
    version: 1,
    name: name === undefined ? (found?.name ?? hostNameAsName()) : checkedName(name),
    listen: listen ?? found?.listen ?? defaultListen,
    ...(found?.retention === undefined ? {} : { retention: found.retention }),
  };
}

function checkedName(name: string): string {
  if (peerNameSchema.safeParse(name).success) return name;
  throw new BtsootError('invalid', `a remote cannot be called "${name}"`, {
    hint: 'Use 1 to 64 letters, digits, ".", "_" and "-".',
  });
}

/** The machine's name, made to fit. */
export function hostNameAsName(): string {
  const name = hostname()
    .replace(/[^A-Za-z0-9._-]/g, '-')
    .slice(0, 64);
  return name === '' ? 'remote' : name;
}

async function makeKeys(layout: Layout, name: string): Promise<void> {
  const { makeAuthority, issueServerCertificate } = await import('@btsoot/shared/pki/authority.js');
  const authority = makeAuthority(name, Date.now());
  writeKeys(layout, { authority, server: issueServerCertificate(authority) });
}

function report(layout: Layout, config: RemoteConfig, keysFound: boolean): void {
  explain(keysFound ? `Kept the keys in ${layout.authorityDirectory}.` : `Made new keys in ${layout.authorityDirectory}.`);
  if (areKeysOpen(layout)) {
    explain(
      `Everybody on this machine can read the keys: the disk of ${layout.root} keeps no permissions. ` +
        'Where that matters, mount it with umask=077 and run both agents as its owner.',
    );
  }
  for (const folder of listBlocks(layout)) explain(`Adopted the block "${display(folder)}"${sizeText(layout, folder)}.`);
  print(`${layout.root} is the remote "${config.name}", to be served on ${config.listen.host}:${config.listen.port}`);
  explain(`Next: btsoot-remote serve --root ${layout.root}, and beside it: btsoot-remote pair --root ${layout.root}`);
}

function sizeText(layout: Layout, folder: TreePath): string {
  const manifest = Manifest.open(`${blockDirectory(layout, folder)}/manifest.db`);
  try {
    const { entryCount, totalBytes } = manifest.root();
    return `: ${entryCount} entries, ${bytesText(totalBytes)}`;
  } finally {
    manifest.close();
  }
}
