import type { Name } from '../model/bytes.js';
import { toBytes } from '../model/bytes.js';
import type { Content, DirectoryNode, Kind, Metadata, TreeNode } from '../model/entry.js';
import { limits } from '../model/limits.js';
import { parseXattrs } from '../model/xattrs.js';
import { specialFromWire, specialToWire } from './convert-special.js';
import { entryName, hex16, integer, invalid, linkTarget, required, timeUs } from './fields.js';
import type {
  WireContent,
  WireContent__Output,
  WireKind,
  WireMetadata,
  WireMetadata__Output,
  WireNode,
  WireNode__Output,
} from './messages.js';

const WIRE_KINDS = { file: 'FILE', directory: 'DIRECTORY', symlink: 'SYMLINK', special: 'SPECIAL' } as const satisfies Record<
  Kind,
  WireKind
>;

export function kindToWire(kind: Kind): WireKind {
  return WIRE_KINDS[kind];
}

/** A number that no enum value has arrives as that number. */
export function kindFromWire(wire: WireKind): Kind {
  switch (wire) {
    case 'FILE':
      return 'file';
    case 'DIRECTORY':
      return 'directory';
    case 'SYMLINK':
      return 'symlink';
    case 'SPECIAL':
      return 'special';
    default:
      throw invalid(`an entry's kind is ${String(wire)}`);
  }
}

export function contentToWire(content: Content): WireContent {
  return { hash: Buffer.from(content.hash, 'hex'), sizeBytes: content.sizeBytes };
}

export function contentFromWire(wire: WireContent__Output | null | undefined): Content {
  const content = required(wire, "a file's content");
  return {
    hash: hex16(content.hash, "a content's hash"),
    sizeBytes: integer(content.sizeBytes, "a content's size", 0, limits.fileSizeMaxBytes),
  };
}

const GROUP_BYTES = 8;

/** An empty field takes bytes, too: for most files it is left out. */
export function groupToWire(group: string | null | undefined): { linkGroup?: Buffer } {
  return group === null || group === undefined ? {} : { linkGroup: Buffer.from(group, 'hex') };
}

export function groupFromWire(bytes: Buffer): string | null {
  if (bytes.length === 0) return null;
  if (bytes.length !== GROUP_BYTES) throw invalid(`a group of names has ${bytes.length} bytes, not ${GROUP_BYTES}`);
  return bytes.toString('hex');
}

export function metadataToWire(meta: Metadata): WireMetadata {
  const { mode, uid, gid, mtimeUs, xattrs } = meta;
  return xattrs === '' ? { mode, uid, gid, mtimeUs } : { mode, uid, gid, mtimeUs, xattrs: toBytes(xattrs) };
}

export function metadataFromWire(wire: WireMetadata__Output | null | undefined): Metadata {
  const meta = required(wire, "an entry's metadata");
  return {
    mode: integer(meta.mode, 'a mode', 0, 0o7777),
    uid: integer(meta.uid, 'a user id', 0, 0xffff_ffff),
    gid: integer(meta.gid, 'a group id', 0, 0xffff_ffff),
    mtimeUs: timeUs(meta.mtimeUs, 'a modification time'),
    xattrs: parseXattrs(meta.xattrs),
  };
}

/** A directory's digest must be up to date: settle the manifest first. */
export function nodeToWire(node: TreeNode): WireNode {
  const common = { id: node.id, name: toBytes(node.name), kind: kindToWire(node.kind), meta: metadataToWire(node.meta) };
  switch (node.kind) {
    case 'file':
      return { ...common, content: node.content === null ? null : contentToWire(node.content), ...groupToWire(node.group) };
    case 'directory':
      return { ...common, digest: Buffer.from(node.digest, 'hex'), incomplete: !node.complete };
    case 'symlink':
      return { ...common, target: toBytes(node.target) };
    case 'special':
      return { ...common, special: specialToWire(node.special) };
    default:
      return node satisfies never;
  }
}

/**
 * An entry that the other side listed as a child of its entry `parent`. A directory's counts do not travel: they are 0
 * here, and follow from its children.
 */
export function nodeFromWire(wire: WireNode__Output, parent: number): TreeNode {
  return readNode(wire, entryName(wire.name), parent);
}

/** The root: a directory without a name, whose parent is 0. */
export function rootFromWire(wire: WireNode__Output | null | undefined): DirectoryNode {
  const root = required(wire, 'the root');
  if (root.name.length !== 0) throw invalid('the root has a name');
  const node = readNode(root, '' as Name, 0);
  if (node.kind !== 'directory') throw invalid(`the root is a ${node.kind}`);
  return node;
}

function readNode(wire: WireNode__Output, name: Name, parent: number): TreeNode {
  const common = { id: integer(wire.id, "an entry's id", 1), parent, name, meta: metadataFromWire(wire.meta) };
  const kind = kindFromWire(wire.kind);
  switch (kind) {
    case 'file':
      return {
        ...common,
        kind,
        content: wire.content === null ? null : contentFromWire(wire.content),
        group: groupFromWire(wire.linkGroup),
      };
    case 'directory': {
      const digest = hex16(wire.digest, "a directory's digest");
      return { ...common, kind, digest, complete: !wire.incomplete, entryCount: 0, totalBytes: 0 };
    }
    case 'symlink':
      return { ...common, kind, target: linkTarget(wire.target) };
    case 'special':
      return { ...common, kind, special: specialFromWire(wire.special) };
    default:
      return kind satisfies never;
  }
}
