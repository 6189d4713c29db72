import type { TreePath } from '../model/bytes.js';
import { toBytes } from '../model/bytes.js';
import type { Partial } from '../model/delivery.js';
import { DRIFT_HOWS, DRIFT_POLICIES, type Drifted, type DriftPolicy } from '../model/drift.js';
import type { Content, DirectoryNode, Metadata, TreeNode } from '../model/entry.js';
import { limits } from '../model/limits.js';
import { parseTreePath } from '../model/names.js';
import { partialFromWire, partialToWire } from './convert-delivery.js';
import {
  contentFromWire,
  contentToWire,
  metadataFromWire,
  metadataToWire,
  nodeFromWire,
  nodeToWire,
  rootFromWire,
} from './convert-entry.js';
import { atMost, hex16, integer, invalid, label, plainText, required, timeUs, uuid } from './fields.js';
import type {
  ChildrenPage,
  ChildrenPage__Output,
  ChildrenRequest,
  ChildrenRequest__Output,
  ContentsQuery,
  ContentsQuery__Output,
  ContentsReply__Output,
  CreateBlockReply__Output,
  CreateBlockRequest__Output,
  HelloReply__Output,
  OpenSessionRequest,
  OpenSessionRequest__Output,
  SessionEvent,
  SessionEvent__Output,
  WireCondition,
  WireCondition__Output,
  WireDrifted,
  WireDrifted__Output,
} from './messages.js';
import { checkProtocol, PROTOCOL } from './protocol.js';

/** Session capabilities and digests are 32 hexadecimal digits on this side of the wire. */

/** Who answered `hello`. */
export interface Greeting {
  readonly remoteName: string;
  readonly version: string;
  readonly blocks: readonly { readonly folder: TreePath; readonly entries: number; readonly bytes: number }[];
  /** Null of a remote that does not say. */
  readonly condition: Condition | null;
}

/** How a remote fares. */
export interface Condition {
  /** What its clock says, in microseconds since the epoch. */
  readonly nowUs: number;
  /** Of its root's file system; null where that could not be asked. */
  readonly space: { readonly freeBytes: number; readonly totalBytes: number } | null;
  /** Whether a copy within that file system takes no room. */
  readonly reflinks: boolean;
}

export function conditionToWire({ nowUs, space, reflinks }: Condition): WireCondition {
  return { nowUs, freeBytes: space?.freeBytes ?? 0, totalBytes: space?.totalBytes ?? 0, reflinks };
}

function conditionFromWire(wire: WireCondition__Output): Condition {
  const totalBytes = integer(wire.totalBytes, "the size of the remote's disk");
  const freeBytes = integer(wire.freeBytes, "the remote's free space");
  const space = totalBytes === 0 ? null : { freeBytes, totalBytes };
  return { nowUs: timeUs(wire.nowUs, "the remote's time"), space, reflinks: wire.reflinks };
}

export function greetingFromWire(wire: HelloReply__Output): Greeting {
  return {
    remoteName: label(wire.remoteName, "the remote's name"),
    version: plainText(wire.version, limits.blockNameLengthMax),
    blocks: atMost(wire.blocks, limits.blocksPerReplyMax, 'blocks').map((block) => ({
      folder: parseTreePath(block.folder),
      entries: integer(block.entries, "a block's entries"),
      bytes: integer(block.bytes, "a block's size"),
    })),
    condition: wire.condition === null ? null : conditionFromWire(wire.condition),
  };
}

export function createBlockFromWire(wire: CreateBlockRequest__Output): { folder: TreePath } {
  checkProtocol(wire.protocolMajor, 0, 'source');
  return { folder: parseTreePath(wire.folder) };
}

export function createdBlockFromWire(wire: CreateBlockReply__Output): { manifestId: string; existed: boolean } {
  return { manifestId: uuid(wire.manifestId, "the manifest's id"), existed: wire.existed };
}

const POLICIES_ON_WIRE = { quick: 'QUICK', trust: 'TRUST', full: 'FULL' } as const satisfies Record<DriftPolicy, string>;

export interface OpenSession {
  readonly folder: TreePath;
  readonly drift: DriftPolicy;
}

export function openSessionToWire({ folder, drift }: OpenSession): OpenSessionRequest {
  return {
    protocolMajor: PROTOCOL.major,
    protocolMinor: PROTOCOL.minor,
    folder: toBytes(folder),
    drift: POLICIES_ON_WIRE[drift],
  };
}

export function openSessionFromWire(wire: OpenSessionRequest__Output): OpenSession {
  checkProtocol(wire.protocolMajor, wire.protocolMinor, 'source');
  const drift = DRIFT_POLICIES.find((policy) => POLICIES_ON_WIRE[policy] === wire.drift);
  if (drift === undefined) throw invalid(`the drift policy is ${String(wire.drift)}`);
  return { folder: parseTreePath(wire.folder), drift };
}

export type SessionNews =
  | { readonly kind: 'checking'; readonly entries: number; readonly readBytes: number }
  | {
      readonly kind: 'opened';
      readonly session: string;
      readonly manifestId: string;
      readonly stateDigest: string;
      readonly root: DirectoryNode;
      readonly freeBytes: number;
      /** Whether a copy within the remote's file system takes no room. */
      readonly reflinks: boolean;
      readonly drifted: number;
      /** Number of the newest session in history, 0 for none. */
      readonly lastSession: number;
      /** What cut-off deliveries have left. */
      readonly partials: readonly Partial[];
      /** The largest file that the remote's file system holds; null where no file meets a limit. */
      readonly fileSizeMaxBytes: number | null;
      /** Whether any old version is kept. */
      readonly hasHistory: boolean;
      /** The first of what was found changed, and of what is known to be damaged. */
      readonly drift: readonly Drifted[];
      /** Entries of the tree that are known to be damaged. */
      readonly damaged: number;
    };

export function sessionNewsToWire(news: SessionNews): SessionEvent {
  if (news.kind === 'checking') return { checking: { entries: news.entries, readBytes: news.readBytes } };
  return {
    opened: {
      session: Buffer.from(news.session, 'hex'),
      manifestId: news.manifestId,
      stateDigest: Buffer.from(news.stateDigest, 'hex'),
      rootId: news.root.id,
      root: nodeToWire(news.root),
      freeBytes: news.freeBytes,
      reflinks: news.reflinks,
      drifted: news.drifted,
      lastSession: news.lastSession,
      partials: news.partials.map(partialToWire),
      fileSizeMaxBytes: news.fileSizeMaxBytes ?? 0,
      hasHistory: news.hasHistory,
      drift: news.drift.map(driftedToWire),
      damaged: news.damaged,
    },
  };
}

export function sessionNewsFromWire(wire: SessionEvent__Output): SessionNews {
  if (wire.event === 'checking') {
    const { entries, readBytes } = required(wire.checking, 'progress');
    return { kind: 'checking', entries: integer(entries, 'a number of entries'), readBytes: integer(readBytes, 'what was read') };
  }
  const opened = required(wire.opened, "a session's opening");
  const root = rootFromWire(opened.root);
  if (root.id !== opened.rootId) throw invalid(`the root's id is ${root.id} and ${opened.rootId}`);
  return {
    kind: 'opened',
    session: hex16(opened.session, 'a session'),
    manifestId: uuid(opened.manifestId, "the manifest's id"),
    stateDigest: hex16(opened.stateDigest, 'a state digest'),
    root,
    freeBytes: integer(opened.freeBytes, 'the free space'),
    reflinks: opened.reflinks === true,
    drifted: integer(opened.drifted, 'a number of entries'),
    lastSession: integer(opened.lastSession, 'a session number'),
    partials: atMost(opened.partials, limits.partialsMax, 'partials').map(partialFromWire),
    fileSizeMaxBytes: integer(opened.fileSizeMaxBytes, 'the size of the largest file') || null,
    hasHistory: opened.hasHistory,
    drift: atMost(opened.drift, limits.driftListedMax, 'drifted entries').map(driftedFromWire),
    damaged: integer(opened.damaged, 'a number of entries'),
  };
}

const HOWS_ON_WIRE = {
  edited: 'EDITED',
  replaced: 'REPLACED',
  added: 'ADDED',
  removed: 'REMOVED',
  moved: 'MOVED',
  changed: 'CHANGED',
  damaged: 'DAMAGED',
} as const satisfies Record<Drifted['how'], string>;

function driftedToWire({ path, how, olderVersions }: Drifted): WireDrifted {
  return { path: toBytes(path), how: HOWS_ON_WIRE[how], olderVersions };
}

function driftedFromWire(wire: WireDrifted__Output): Drifted {
  const how = DRIFT_HOWS.find((one) => HOWS_ON_WIRE[one] === wire.how);
  if (how === undefined) throw invalid(`an entry has drifted as ${String(wire.how)}`);
  return { path: parseTreePath(wire.path), how, olderVersions: integer(wire.olderVersions, 'a number of versions') };
}

export interface ChildrenQuestion {
  readonly session: string;
  readonly directoryIds: readonly number[];
  /** 0: the tree as it is now. */
  readonly asOfSession: number;
}

export function childrenQuestionToWire({ session, directoryIds, asOfSession }: ChildrenQuestion): ChildrenRequest {
  return { session: Buffer.from(session, 'hex'), directoryIds: [...directoryIds], asOfSession };
}

export function childrenQuestionFromWire(wire: ChildrenRequest__Output): ChildrenQuestion {
  return {
    session: hex16(wire.session, 'a session'),
    directoryIds: atMost(wire.directoryIds, limits.directoriesPerRequestMax, 'directories').map((id) =>
      integer(id, "a directory's id", 1),
    ),
    asOfSession: integer(wire.asOfSession, 'a session number'),
  };
}

export interface Children {
  readonly directoryId: number;
  /** In byte order of names. */
  readonly children: readonly TreeNode[];
  /** Whether this page is the directory's last. */
  readonly last: boolean;
  /** Of the root itself, in the first page of a past tree's root. */
  readonly rootMeta?: Metadata;
}

export function childrenToWire({ directoryId, children, last, rootMeta }: Children): ChildrenPage {
  const page = { directoryId, children: children.map(nodeToWire), last };
  return rootMeta === undefined ? page : { ...page, rootMeta: metadataToWire(rootMeta) };
}

/** The order within the page is checked; whoever asked knows the pages before. */
export function childrenFromWire(wire: ChildrenPage__Output): Children {
  const directoryId = integer(wire.directoryId, "a directory's id", 1);
  const children = atMost(wire.children, limits.childrenPerPageMax, 'children in a page').map((child) =>
    nodeFromWire(child, directoryId),
  );
  for (let i = 1; i < children.length; i++) {
    const [before, after] = [children[i - 1], children[i]];
    if (before === undefined || after === undefined || before.name >= after.name)
      throw invalid('a page of children is out of order');
  }
  const page = { directoryId, children, last: wire.last };
  return wire.rootMeta === null ? page : { ...page, rootMeta: metadataFromWire(wire.rootMeta) };
}

export function contentsQueryToWire(session: string, contents: readonly Content[]): ContentsQuery {
  return { session: Buffer.from(session, 'hex'), contents: contents.map(contentToWire) };
}

export function contentsQueryFromWire(wire: ContentsQuery__Output): { session: string; contents: Content[] } {
  return {
    session: hex16(wire.session, 'a session'),
    contents: atMost(wire.contents, limits.contentsPerQueryMax, 'contents in a query').map(contentFromWire),
  };
}

/** One answer for each of the `asked` contents, in their order. */
export function heldFromWire(wire: ContentsReply__Output, asked: number): readonly boolean[] {
  if (wire.held.length !== asked) throw invalid(`${wire.held.length} answers to ${asked} questions`);
  return wire.held;
}
