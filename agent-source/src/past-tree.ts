import { Manifest, ROOT_ID } from '@btsoot/shared/manifest/manifest.js';
import { isWithin, joinPath, ROOT_PATH, type TreePath } from '@btsoot/shared/model/bytes.js';
import type { TreeNode } from '@btsoot/shared/model/entry.js';
import { BtsootError } from '@btsoot/shared/model/errors.js';
import { knownTimes } from '@btsoot/shared/model/session-times.js';
import type { Tree } from '@btsoot/shared/model/tree.js';
import { type SessionSummary, sessionsFromWire } from '@btsoot/shared/wire/convert.js';
import { Listed, type Wanted, walkRemote } from './children.js';
import { formatTime } from './output/human.js';
import type { RemoteSession } from './remote-session.js';
import { newEntryOf } from './replica.js';
import type { Moment } from './sync-types.js';

/** A moment in a block's history, found. */
export interface Resolved {
  /** The session whose end it is; null where that is the newest state. */
  readonly session: number | null;
  /** For the person: which session that is, and what is odd about the moment. */
  readonly note: string;
}

/** A remote's clock and ours may differ by so much. */
const CLOCK_SLACK_US = 24 * 60 * 60 * 1_000_000;

/**
 * Finds a moment in history: a session by its number, or the last one that had ended by a time. After the newest session, a
 * hand may have changed the remote's disk.
 * @throws BtsootError of kind `not-found` for a session that history does not have, or a time before all of them.
 */
export async function resolveMoment(session: RemoteSession, moment: Moment, nowUs: number): Promise<Resolved> {
  const sessions = await listSessions(session);
  const found = moment.kind === 'session' ? withNumber(sessions, moment.number) : endedBy(sessions, moment.us, nowUs);
  if (found === undefined) throw new BtsootError('not-found', notFound(moment, sessions), { hint: range(sessions) });
  const isNow = found.number === sessions[0]?.number && found.stateDigest === session.opened.stateDigest;
  const which = `session ${found.number}, which ended ${formatTime(found.finishedUs)}`;
  const note = isNow ? `the newest state, that after ${which}` : `as after ${which}`;
  const isFuture = moment.kind === 'time' && moment.us > nowUs && !isSameDay(moment.us, nowUs);
  return {
    session: isNow ? null : found.number,
    note: isFuture ? `${formatTime(moment.us)} is in the future: ${note}` : note,
  };
}

/** The sessions that are kept, newest first. */
export async function listSessions({ client, opened, lost }: RemoteSession): Promise<SessionSummary[]> {
  return sessionsFromWire(await client.listSessions(Buffer.from(opened.session, 'hex'), lost));
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
      onChildren: (wanted, { children }) =>
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

function withNumber(sessions: readonly SessionSummary[], number: number): SessionSummary | undefined {
  return sessions.find((session) => session.number === number && session.finishedUs !== 0);
}

/** By number, times are in order, whatever a clock has told in between. */
function endedBy(sessions: readonly SessionSummary[], us: number, nowUs: number): SessionSummary | undefined {
  const oldestFirst = sessions.toReversed();
  const times = knownTimes(oldestFirst, nowUs + CLOCK_SLACK_US);
  return oldestFirst.findLast((_, index) => (times[index] ?? Number.POSITIVE_INFINITY) <= us);
}

/** The end of today is not meant as the future. */
function isSameDay(us: number, nowUs: number): boolean {
  return new Date(us / 1000).toDateString() === new Date(nowUs / 1000).toDateString();
}

function notFound(moment: Moment, sessions: readonly SessionSummary[]): string {
  if (moment.kind === 'time') return `history does not reach back to ${formatTime(moment.us)}`;
  const [newest, oldest] = [sessions[0], sessions.at(-1)];
  if (newest === undefined || moment.number > newest.number) return `there was no session ${moment.number} yet`;
  if (oldest !== undefined && moment.number < oldest.number)
    return `session ${moment.number} was let go: the remote keeps history only for so long`;
  return `session ${moment.number} was cut off, and has not ended yet`;
}

function range(sessions: readonly SessionSummary[]): string {
  const [newest, oldest] = [sessions[0], sessions.at(-1)];
  if (newest === undefined || oldest === undefined)
    return 'There is no session yet: only what the target holds now can be restored.';
  return `The oldest session that is kept is ${oldest.number}, of ${formatTime(oldest.finishedUs)}; the newest is ${newest.number}, of ${formatTime(newest.finishedUs)}.`;
}
