import type { LinkTarget, Name } from './bytes.js';
import type { Special } from './special.js';
import type { Xattrs } from './xattrs.js';

export type Kind = 'file' | 'directory' | 'symlink' | 'special';

/** The metadata that is mirrored. Times are whole microseconds since the epoch: what Node can set. */
export interface Metadata {
  /** Permission bits with setuid, setgid and sticky: 0 to 0o7777. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly mtimeUs: number;
  /** Extended attributes and ACLs, packed; '' for none. */
  readonly xattrs: Xattrs;
}

/** A file's identity: XXH3-128 of its bytes (seed 0, canonical order, as `xxhsum -H2` prints it) with its size. */
export interface Content {
  /** 32 lower-case hexadecimal digits. */
  readonly hash: string;
  readonly sizeBytes: number;
}

export interface FileEntry {
  readonly kind: 'file';
  readonly name: Name;
  readonly meta: Metadata;
  /** Null where the file could not be read: unknown, which is not the same as deleted or empty. */
  readonly content: Content | null;
  /**
   * 16 lower-case hexadecimal digits, the same for all names in the tree that one file has (hard links), and for no name
   * of another file. Null where the file has one name in the tree.
   */
  readonly group: string | null;
}

export interface DirectoryEntry {
  readonly kind: 'directory';
  readonly name: Name;
  readonly meta: Metadata;
  /** 32 lower-case hexadecimal digits, over the children (see digest.ts). Equal digests: equal subtrees. */
  readonly digest: string;
  /**
   * False where the folder could not be listed, or only a part of it is of interest (a restore of some paths):
   * a child that is not listed is then unknown, never deleted.
   */
  readonly complete: boolean;
  /** Entries below this one, itself not counted. */
  readonly entryCount: number;
  /** Content bytes below this one. */
  readonly totalBytes: number;
}

export interface SymlinkEntry {
  readonly kind: 'symlink';
  readonly name: Name;
  readonly meta: Metadata;
  readonly target: LinkTarget;
}

/** A FIFO or a device. It has no content: opening it would wait, or act on hardware. */
export interface SpecialEntry {
  readonly kind: 'special';
  readonly name: Name;
  readonly meta: Metadata;
  readonly special: Special;
}

/** One name in a tree. The root's name is the empty string. */
export type Entry = FileEntry | DirectoryEntry | SymlinkEntry | SpecialEntry;

/** An entry in its tree. `id` is its identity, survives renames, and is never used again for another entry. */
export type TreeNode = Entry & { readonly id: number; readonly parent: number };
export type DirectoryNode = DirectoryEntry & { readonly id: number; readonly parent: number };
export type FileNode = FileEntry & { readonly id: number; readonly parent: number };

export function sameContent(a: Content | null, b: Content | null): boolean {
  return a !== null && b !== null && a.sizeBytes === b.sizeBytes && a.hash === b.hash;
}

export function sameMetadata(a: Metadata, b: Metadata): boolean {
  return a.mode === b.mode && a.uid === b.uid && a.gid === b.gid && a.mtimeUs === b.mtimeUs && a.xattrs === b.xattrs;
}

/** A content as a Map key. */
export function contentKey(content: Content): string {
  return `${content.hash}-${content.sizeBytes}`;
}
