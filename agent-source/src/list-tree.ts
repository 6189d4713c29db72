import { display, isWithin, joinPath, ROOT_PATH, splitPath, type TreePath } from '@btsoot/shared/model/bytes.js';
import type { TreeNode } from '@btsoot/shared/model/entry.js';
import { BtsootError } from '@btsoot/shared/model/errors.js';
import { askManifest } from './ask-manifest.js';
import { Listed, type Wanted, walkRemote } from './children.js';
import { resolveMoment } from './past-tree.js';
import type { RemoteSession } from './remote-session.js';
import type { Block, Context, Moment, WatchOptions } from './sync-types.js';

export interface TreeQuestion {
  /** A folder, whose entries are listed, or any other entry, which is listed itself. */
  readonly path: TreePath;
  /** Null: as it is now. */
  readonly at: Moment | null;
  /** Whether to go on into folders below. */
  readonly recursive: boolean;
}

/** Of one folder, in byte order of names; a large one comes in parts. */
export type OnListed = (folder: TreePath, children: readonly TreeNode[]) => void;

/**
 * Lists what a block's remote holds, as its manifest says: the remote reads no disk for it. Folder by folder, each level of
 * folders after the one above it.
 * @throws BtsootError of kind `not-found` where there was no such entry then.
 */
export async function listTree(
  context: Context,
  block: Block,
  question: TreeQuestion,
  watch: WatchOptions,
  onListed: OnListed,
): Promise<void> {
  watch.report({ kind: 'phase', phase: 'connect' });
  await askManifest(context, block, watch, (session) => listIn(session, question, onListed));
}

async function listIn(session: RemoteSession, { path, at, recursive }: TreeQuestion, onListed: OnListed): Promise<void> {
  const moment = at === null ? null : await resolveMoment(session, at, Date.now() * 1000);
  const names = splitPath(path);
  let isFound = names.length === 0;
  await walkRemote<TreePath>(session, {
    asOfSession: moment?.session ?? 0,
    start: [{ directoryId: session.opened.root.id, depth: 0, context: ROOT_PATH }],
    listed: new Listed(),
    onChildren: (wanted, part) => {
      const { context: folder, depth } = wanted;
      if (isWithin(folder, path)) {
        onListed(folder, part.children);
        return recursive ? foldersOf(wanted, part.children) : [];
      }
      const onTheWay = part.children.filter(({ name }) => name === names[depth]);
      if (depth === names.length - 1 && onTheWay.length > 0) {
        isFound = true;
        if (onTheWay[0]?.kind !== 'directory') onListed(folder, onTheWay);
      }
      return foldersOf(wanted, onTheWay);
    },
  });
  if (!isFound) throw notThere(path, at);
}

function foldersOf({ context, depth }: Wanted<TreePath>, children: readonly TreeNode[]): Wanted<TreePath>[] {
  return children
    .filter(({ kind }) => kind === 'directory')
    .map(({ id, name }) => ({ directoryId: id, depth: depth + 1, context: joinPath(context, name) }));
}

function notThere(path: TreePath, at: Moment | null): BtsootError {
  const what = at === null ? `the remote has no ${display(path)}` : `the remote had no ${display(path)} then`;
  return new BtsootError('not-found', what, {
    hint: '`btsoot history BLOCK PATH` says in which sessions a path is there, under other names too.',
  });
}
