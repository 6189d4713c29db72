import { display, joinPath, ROOT_PATH, splitPath, type TreePath } from '@btsoot/shared/model/bytes.js';
import type { TreeNode } from '@btsoot/shared/model/entry.js';
import { BtsootError } from '@btsoot/shared/model/errors.js';
import { limits } from '@btsoot/shared/model/limits.js';
import { Listed, walkRemote } from '../children.js';
import type { RemoteSession } from '../remote-session.js';

/** A folder of the mirror as of a session. */
export interface FolderList {
  readonly path: TreePath;
  /** In byte order of names. */
  readonly children: readonly TreeNode[];
  /** How many more it has that are not listed. */
  readonly more: number;
}

/** Where to begin: the root, or a folder on the way whose id is known. */
export interface Known {
  readonly path: TreePath;
  readonly directoryId: number;
}

/**
 * Goes down to a folder, and lists it.
 * @param asOfSession 0: as it is now
 * @throws BtsootError of kind `not-found` where there was no such folder.
 */
export async function listFolder(
  session: RemoteSession,
  asOfSession: number,
  path: TreePath,
  known: Known = { path: ROOT_PATH, directoryId: session.opened.root.id },
): Promise<FolderList> {
  const children: TreeNode[] = [];
  let more = 0;
  let isFound = false;
  await walkRemote<TreePath>(session, {
    asOfSession,
    start: [{ directoryId: known.directoryId, depth: splitPath(known.path).length, context: known.path }],
    listed: new Listed(),
    onChildren: ({ context, depth }, part) => {
      if (context !== path) {
        const next = splitPath(path)[depth];
        const child = part.children.find(({ name, kind }) => name === next && kind === 'directory');
        return child === undefined ? [] : [{ directoryId: child.id, depth: depth + 1, context: joinPath(context, child.name) }];
      }
      isFound = true;
      const room = limits.dashboardFolderEntriesMax - children.length;
      children.push(...part.children.slice(0, room));
      more += Math.max(0, part.children.length - room);
      return [];
    },
  });
  if (!isFound)
    throw new BtsootError('not-found', `there was no folder ${display(path)} then`, {
      hint: 'Choose another session, or begin at the top.',
    });
  return { path, children, more };
}
