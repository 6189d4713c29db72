import { Manifest, type NewEntry, ROOT_ID } from '@btsoot/shared/manifest/manifest.js';
import type { TreeNode } from '@btsoot/shared/model/entry.js';
import { BtsootError } from '@btsoot/shared/model/errors.js';
import type { Tree } from '@btsoot/shared/model/tree.js';
import { type SessionSummary, sessionsFromWire } from '@btsoot/shared/wire/convert.js';
import { type Wanted, walkRemote } from './children.js';
import type { RemoteSession } from './remote-session.js';
import { newEntryOf } from './replica.js';
import type { Moment } from './sync-types.js';

/**
 * The session whose end is the state at a moment; null where that is the newest state.
 * @throws BtsootError of kind `not-found` for a session that history does not have, or a time before all of them.
 */
export async function resolveMoment(session: RemoteSession, moment: Moment): Promise<number | null> {
  const sessions = sessionsFromWire(await session.client.listSessions(Buffer.from(session.opened.session, 'hex'), session.lost));
  const found =
    moment.kind === 'session' ? sessions.find(({ number }) => number === moment.number) : newestBefore(sessions, moment.us);
  if (found === undefined) throw new BtsootError('not-found', notFound(moment), { hint: range(sessions) });
  return found.number === sessions[0]?.number ? null : found.number;
}

/** Fetches the tree as it was after a session into a manifest of its own, in `file`. */
export async function fetchTree(session: RemoteSession, asOfSession: number, file: string): Promise<Tree> {
  const past = Manifest.open(file);
  // The root keeps what it has now: what is brought back is what is in it.
  past.update(ROOT_ID, { meta: session.opened.root.meta });
  await walkRemote(session, {
    asOfSession,
    start: [{ directoryId: session.opened.root.id, depth: 0, context: ROOT_ID }],
    onChildren: (wanted, children) => past.transaction(() => insertAll(past, wanted, children)),
    asked: new Set(),
  });
  past.settle();
  return past;
}

function insertAll(past: Manifest, { context: parent, depth }: Wanted<number>, children: readonly TreeNode[]): Wanted<number>[] {
  const directories: Wanted<number>[] = [];
  for (const child of children) {
    const entry: NewEntry = newEntryOf(child);
    const id = past.insert(parent, child.name, entry, null);
    if (child.kind === 'directory') directories.push({ directoryId: child.id, depth: depth + 1, context: id });
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
