import { joinPath, parentPath, type TreePath, toBytes } from '../model/bytes.js';
import type { TreeNode } from '../model/entry.js';
import { limits } from '../model/limits.js';
import { nodeFromWire, nodeToWire } from './convert-entry.js';
import { atMost, hex16, integer, invalid, label, pathBelowRoot, required, timeUs } from './fields.js';
import type {
  ListSessionsReply,
  ListSessionsReply__Output,
  ListVersionsRequest,
  ListVersionsRequest__Output,
  VersionsPage,
  VersionsPage__Output,
} from './messages.js';

/** One session in a block's history. */
export interface SessionSummary {
  readonly number: number;
  readonly startedUs: number;
  /** 0 while it runs. */
  readonly finishedUs: number;
  readonly sourceName: string;
  readonly stateDigest: string;
  readonly steps: number;
  /** Whether it ended before its plan did. */
  readonly cutOff: boolean;
  /** Steps that were done, by what they do: a folder that is moved or removed with all that is in it counts once. */
  readonly tally: {
    readonly added: number;
    readonly replaced: number;
    readonly moved: number;
    readonly described: number;
    readonly removed: number;
    readonly newBytes: number;
  };
  /** Old versions that it put into history and that are there yet, and about what they take. */
  readonly keptVersions: number;
  readonly keptBytes: number;
}

/** A session that runs has no state digest: the empty string. */
export function sessionsToWire(sessions: readonly SessionSummary[]): ListSessionsReply {
  return {
    sessions: sessions.map(({ tally, ...session }) => ({
      ...session,
      ...tally,
      stateDigest: Buffer.from(session.stateDigest, 'hex'),
    })),
  };
}

export function sessionsFromWire(wire: ListSessionsReply__Output): SessionSummary[] {
  const sessions = atMost(wire.sessions, limits.sessionsPerReplyMax, 'sessions').map((session) => ({
    number: integer(session.number, 'a session number', 1),
    startedUs: timeUs(session.startedUs, "a session's start"),
    finishedUs: timeUs(session.finishedUs, "a session's end"),
    sourceName: label(session.sourceName, "a source's name"),
    stateDigest: session.stateDigest.length === 0 ? '' : hex16(session.stateDigest, 'a state digest'),
    steps: integer(session.steps, 'a number of steps'),
    cutOff: session.cutOff,
    tally: {
      added: integer(session.added, 'a number of steps'),
      replaced: integer(session.replaced, 'a number of steps'),
      moved: integer(session.moved, 'a number of steps'),
      described: integer(session.described, 'a number of steps'),
      removed: integer(session.removed, 'a number of steps'),
      newBytes: integer(session.newBytes, 'a number of bytes'),
    },
    keptVersions: integer(session.keptVersions, 'a number of versions'),
    keptBytes: integer(session.keptBytes, 'a number of bytes'),
  }));
  for (let at = 1; at < sessions.length; at++) {
    if ((sessions[at - 1]?.number ?? 0) <= (sessions[at]?.number ?? 0)) throw invalid('the sessions are out of order');
  }
  return sessions;
}

export function versionsQuestionToWire(session: string, path: TreePath): ListVersionsRequest {
  return { session: Buffer.from(session, 'hex'), path: toBytes(path) };
}

export function versionsQuestionFromWire(wire: ListVersionsRequest__Output): { session: string; path: TreePath } {
  return { session: hex16(wire.session, 'a session'), path: pathBelowRoot(wire.path) };
}

/** What one entry was, without a change, from one kept session to another. */
export interface VersionSummary {
  readonly fromSession: number;
  readonly toSession: number;
  /** Whether it is so in the tree now. */
  readonly current: boolean;
  readonly path: TreePath;
  /** Its parent is 0 here: that is another one in other versions. */
  readonly node: TreeNode;
}

export interface Versions {
  readonly versions: readonly VersionSummary[];
  readonly last: boolean;
  /** Of the last page: there are older ones that are not listed. */
  readonly cut: boolean;
}

const NO_DIGEST = '0'.repeat(32);

export function versionsToWire({ versions, last, cut }: Versions): VersionsPage {
  return {
    last,
    cut,
    versions: versions.map(({ node, path, ...version }) => ({
      ...version,
      path: toBytes(path),
      node: nodeToWire(node.kind === 'directory' ? { ...node, digest: NO_DIGEST } : node),
    })),
  };
}

export function versionsFromWire(wire: VersionsPage__Output): Versions {
  const versions = atMost(wire.versions, limits.versionsPerPageMax, 'versions in a page').map((version) => {
    const fromSession = integer(version.fromSession, 'a session number', 1);
    const toSession = integer(version.toSession, 'a session number', fromSession);
    const path = pathBelowRoot(version.path);
    const node = nodeFromWire(required(version.node, "a version's entry"), 0);
    if (joinPath(parentPath(path), node.name) !== path) throw invalid('a version has another name than its path');
    return { fromSession, toSession, current: version.current, path, node };
  });
  return { versions, last: wire.last, cut: wire.cut };
}
