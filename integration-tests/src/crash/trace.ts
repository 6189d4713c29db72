import { readFileSync } from 'node:fs';

/*
 * What disk-shim.c records: each change that a program made to the files below a folder, in the order in which they were made.
 */

const KINDS = [
  'create',
  'make-directory',
  'symlink',
  'fifo',
  'link',
  'unlink',
  'remove-directory',
  'rename',
  'write',
  'truncate',
  'metadata',
  'set-xattr',
  'remove-xattr',
  'fsync',
  'fdatasync',
  'syncfs',
] as const;

export type ChangeKind = (typeof KINDS)[number];

/** What `stat` said of an inode right after a change. */
export interface Facts {
  readonly ino: number;
  readonly mtimeNs: bigint;
  readonly ctimeNs: bigint;
  readonly btimeNs: bigint;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

export interface Change {
  readonly kind: ChangeKind;
  readonly pid: number;
  /** Of the inode that was changed, made, named or unnamed. */
  readonly it: Facts;
  /** Of the folder in which a name came, went or, with `name2` and `parent2`, went from. */
  readonly parent: Facts;
  readonly parent2: Facts;
  /**
   * As byte strings. For `syncfs` the path of the folder that it was called on, below the watched one; the name of an extended
   * attribute that was set or removed.
   */
  readonly name: string;
  readonly name2: string;
  /** Where bytes were written; the size to which a file was cut or extended. */
  readonly at: number;
  /** The bytes of a write, the target of a symlink, the value of an extended attribute. */
  readonly data: Buffer;
}

const FACTS_BYTES = 48;
const HEADER_BYTES = 16 + 3 * FACTS_BYTES + 16;

export function readTrace(file: string): Change[] {
  const bytes = readFileSync(file);
  const changes: Change[] = [];
  for (let start = 0; start < bytes.length; start += bytes.readUInt32LE(start)) changes.push(readChange(bytes, start));
  return changes;
}

function readChange(bytes: Buffer, start: number): Change {
  const counts = start + 16 + 3 * FACTS_BYTES;
  const nameAt = start + HEADER_BYTES;
  const name2At = nameAt + bytes.readUInt32LE(counts);
  const dataAt = name2At + bytes.readUInt32LE(counts + 4);
  const kind = KINDS[bytes.readUInt32LE(start + 4) - 1];
  if (kind === undefined) throw new Error(`the trace is damaged at ${start}`);
  return {
    kind,
    at: Number(bytes.readBigInt64LE(start + 8)),
    it: readFacts(bytes, start + 16),
    parent: readFacts(bytes, start + 16 + FACTS_BYTES),
    parent2: readFacts(bytes, start + 16 + 2 * FACTS_BYTES),
    pid: bytes.readUInt32LE(counts + 12),
    name: bytes.toString('latin1', nameAt, name2At),
    name2: bytes.toString('latin1', name2At, dataAt),
    data: bytes.subarray(dataAt, dataAt + bytes.readUInt32LE(counts + 8)),
  };
}

function readFacts(bytes: Buffer, at: number): Facts {
  return {
    ino: Number(bytes.readBigUInt64LE(at)),
    mtimeNs: bytes.readBigInt64LE(at + 8),
    ctimeNs: bytes.readBigInt64LE(at + 16),
    btimeNs: bytes.readBigInt64LE(at + 24),
    mode: bytes.readUInt32LE(at + 32),
    uid: bytes.readUInt32LE(at + 36),
    gid: bytes.readUInt32LE(at + 40),
  };
}

/** Whether it is about what an inode says of its file. */
export function isOfInode({ kind }: Change): boolean {
  return kind === 'metadata' || kind === 'set-xattr' || kind === 'remove-xattr';
}

/** Whether it makes an inode, with its first name. */
export function makesInode({ kind }: Change): boolean {
  return kind === 'create' || kind === 'make-directory' || kind === 'symlink' || kind === 'fifo';
}

/** A few words on a change, for messages. */
export function describeChange({ kind, name, name2, at, data, it }: Change): string {
  const what = name2 === '' ? name : `${name} to ${name2}`;
  const where = kind === 'write' ? `${data.length} bytes at ${at} of inode ${it.ino}` : `inode ${it.ino}`;
  if (kind === 'set-xattr' || kind === 'remove-xattr') return `${kind} ${name} of ${where}`;
  return `${kind} ${what === '' ? where : what}`;
}
