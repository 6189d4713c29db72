import { existsSync } from 'node:fs';
import path from 'node:path';
import { baseName, display, fromText, type TreePath, toBytes } from '@btsoot/shared/model/bytes.js';
import { BtsootError } from '@btsoot/shared/model/errors.js';
import { parseTreePath } from '@btsoot/shared/model/names.js';
import { listNames, NAME_PATTERN } from './names.js';
import type { BlockTarget } from './sync-types.js';

/** Beside mirrors, in a remote's root: its records. */
export const OWN_FOLDER = '.btsoot';

/**
 * Reads a target as a person types it: `<remote>:<folder>` where a remote of that name is paired, else a local
 * directory, relative to `workingDirectory`.
 * @throws BtsootError of kind `invalid`, or `not-found` where it looks like a remote's folder and there is no such remote.
 */
export function parseTypedTarget(text: string, remotes: Iterable<string>, workingDirectory: string): BlockTarget {
  const colon = text.indexOf(':');
  const before = text.slice(0, Math.max(colon, 0));
  const known = [...remotes];
  if (colon > 0 && known.includes(before)) return typedRemoteTarget(before, text.slice(colon + 1));
  if (known.includes(text)) {
    throw new BtsootError('invalid', `the target ${text} is a remote, and names no folder there`, {
      hint: `Write ${text}:FOLDER, such as ${text}:photos; a local directory of that name is written ./${text}`,
    });
  }
  const absolute = path.resolve(workingDirectory, text);
  if (colon > 0 && NAME_PATTERN.test(before) && !existsSync(absolute)) {
    throw new BtsootError('not-found', `there is no remote named "${before}" (known: ${listNames(known)})`, {
      hint: `Pair it first with \`btsoot pair CODE --name ${before}\`; a local directory of that name is written ./${text}`,
    });
  }
  return localTarget(absolute);
}

/** Reads a target as the config file says it: an absolute directory, or `<remote>:<folder>`. */
export function parseConfiguredTarget(text: string): BlockTarget {
  if (path.isAbsolute(text)) return localTarget(path.resolve(text));
  const colon = text.indexOf(':');
  if (colon <= 0 || !NAME_PATTERN.test(text.slice(0, colon))) {
    throw new BtsootError('invalid', `"${text}" is neither an absolute directory nor <remote>:<folder>`, {
      hint: 'Write a directory that begins with a slash, or REMOTE:FOLDER.',
    });
  }
  return remoteTarget(text.slice(0, colon), text.slice(colon + 1));
}

/** As text for the config file, the inverse of `parseConfiguredTarget`. */
export function targetText(target: BlockTarget): string {
  return toBytes(targetBytes(target)).toString('utf8');
}

/** For people. */
export function displayTarget(target: BlockTarget): string {
  return display(targetBytes(target));
}

/** The absolute directory of a local target, as a byte string. */
export function localTargetDirectory(target: BlockTarget & { kind: 'local' }): string {
  return target.root === '/' ? `/${target.folder}` : `${target.root}/${target.folder}`;
}

function targetBytes(target: BlockTarget): string {
  return target.kind === 'local' ? localTargetDirectory(target) : `${fromText(target.remote)}:${target.folder}`;
}

/** A path of that machine is a mistake: it would become a folder `mnt/usb/photos` in what is mounted at `/mnt/usb`. */
function typedRemoteTarget(remote: string, folderText: string): BlockTarget {
  if (/^\/+[^/]/.test(folderText)) {
    throw new BtsootError('invalid', `the target ${remote}:${folderText} begins with a slash`, {
      hint: `Folders on a remote are named from the root that it serves: ${remote}:${path.posix.basename(folderText)} is one directly in it.`,
    });
  }
  return remoteTarget(remote, folderText);
}

function remoteTarget(remote: string, folderText: string): BlockTarget {
  const folder = parseFolder(folderText.replace(/^\/+|\/+$/g, ''), `${remote}:${folderText}`);
  return { kind: 'remote', remote, folder };
}

function localTarget(absolute: string): BlockTarget {
  const folder = parseFolder(path.basename(absolute), absolute);
  return { kind: 'local', root: fromText(path.dirname(absolute)), folder };
}

function parseFolder(folder: string, target: string): TreePath {
  if (folder === '') {
    throw new BtsootError('invalid', `the target ${target} names no folder`, {
      hint: 'Name a folder below it, such as photos: BTSOOT keeps its own files beside the mirrored folder.',
    });
  }
  const parsed = parsePath(folder, target);
  if (parsed.split('/')[0] === OWN_FOLDER || baseName(parsed) === OWN_FOLDER) {
    throw new BtsootError('invalid', `the target ${target} is BTSOOT's own folder`, { hint: 'Name a folder beside it.' });
  }
  return parsed;
}

function parsePath(folder: string, target: string): TreePath {
  try {
    return parseTreePath(toBytes(fromText(folder)));
  } catch (error) {
    if (!(error instanceof BtsootError)) throw error;
    throw new BtsootError(error.kind, `the target ${target} cannot be used: ${error.message}`, {
      hint: 'Name a folder as photos or archive/2024.',
      cause: error,
    });
  }
}
