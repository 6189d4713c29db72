import { Manifest, ROOT_ID } from '@btsoot/shared/manifest/manifest.js';
import { isWithin, joinPath, ROOT_PATH, type TreePath } from '@btsoot/shared/model/bytes.js';
import type { TreeNode } from '@btsoot/shared/model/entry.js';
import { BtsootError } from '@btsoot/shared/model/errors.js';
import type { Tree } from '@btsoot/shared/model/tree.js';
import { type SessionSummary, sessionsFromWire } from '@btsoot/shared/wire/convert.js';
import { Listed, type Wanted, walkRemote } from './children.js';
import type { RemoteSession } from './remote-session.js';
import { newEntryOf } from './replica.js';
import type { Moment } from './sync-types.js';

/**
 * The session whose end is the state at a moment; null where that is the state that the remote is in now. After the newest
 * session, a hand may have changed the remote's disk.
 * @throws BtsootError of kind `not-found` for a session that history does not have, or a time before all of them.
 */
export async function resolveMoment(session: RemoteSession, moment: Moment): Promise<number | null> {
  const sessions = sessionsFromWire(await session.client.listSessions(Buffer.from(session.opened.session, 'hex'), session.lost));
  const found =
    moment.kind === 'session' ? sessions.find(({ number }) => number === moment.number) : newestBefore(sessions, moment.us);
  if (found === undefined) throw new BtsootError('not-found', notFound(moment), { hint: range(sessions) });
  const isNow = found.number === sessions[0]?.number && found.stateDigest === session.opened.stateDigest;
  return isNow ? null : found.number;
}

export interface PastTree {
  readonly tree: Tree;
  close(): void;
}

interface Fetched {
  readonly id: number;
  readonly path: TreePath;
}

/**
 * Fetches the tree as it was after a session into a manifest of its own, in `file`.
 * @param paths what is wanted of it; folders that lead to none of these are fetched without what is in them. Empty: all.
 */
export async function fetchTree(
  session: RemoteSession,
  asOfSession: number,
  paths: readonly TreePath[],
  file: string,
): Promise<PastTree> {
  const past = Manifest.open(file);
  const isWanted = (path: TreePath) =>
    paths.length === 0 || paths.some((wanted) => isWithin(path, wanted) || isWithin(wanted, path));
  try {
    await walkRemote<Fetched>(session, {
      asOfSession,
      start: [{ directoryId: session.opened.root.id, depth: 0, context: { id: ROOT_ID, path: ROOT_PATH } }],
      onChildren: (wanted, children) =>
        past.transaction(() => insertAll(past, wanted, children).filter(({ context }) => isWanted(context.path))),
      onRoot: (meta) => past.update(ROOT_ID, { meta }),
      listed: new Listed(),
    });
    past.settle();
  } catch (error) {
    past.close();
    throw error;
  }
  return { tree: past, close: () => past.close() };
}

function insertAll(past: Manifest, { context, depth }: Wanted<Fetched>, children: readonly TreeNode[]): Wanted<Fetched>[] {
  const directories: Wanted<Fetched>[] = [];
  for (const child of children) {
    const id = past.insert(context.id, child.name, newEntryOf(child), null);
    const path = joinPath(context.path, child.name);
    if (child.kind === 'directory') directories.push({ directoryId: child.id, depth: depth + 1, context: { id, path } });
  }
  return directories;
}

function newestBefore(sessions: readonly SessionSummary[], us: number): SessionSummary | undefined {
  return sessions.find(({ finishedUs }) => finishedUs !== 0 && finishedUs <= us);
}

function notFound(moment: Moment): string {
  if (moment.kind === 'session') return `history has no session ${moment.number}`;
  return `history has nothing from before ${new Date(moment.us / 1000).toISOString()}`;
}

function range(sessions: readonly SessionSummary[]): string {
  const [newest, oldest] = [sessions[0], sessions.at(-1)];
  if (newest === undefined || oldest === undefined) return 'History is empty: only the newest state can be restored.';
  const day = new Date(oldest.finishedUs / 1000).toISOString();
  return `The oldest session that is kept is ${oldest.number}, of ${day}; the newest is ${newest.number}.`;
}
