import { toBytes } from './bytes.js';
import type { Entry } from './entry.js';
import { hashBytes, Xxh3 } from './xxh3.js';

export { hashBytes };

const KIND_CODES = { file: 1, directory: 2, symlink: 3, special: 4 } as const;
const SPECIAL_CODES = { fifo: 1, character: 2, block: 3 } as const;
const XATTRS_CODE = 0x20;
const UNKNOWN_CODE = 0x80;
const GROUP_CODE = 0x40;
const GROUP_BYTES = 8;

/**
 * An entry as its parent's digest sees it: name length (u16), name, kind (u8, bit 7 set where content or listing is
 * unknown, bit 6 for one of several names of a file, bit 5 where it has extended attributes), mode (u16), uid (u32), gid
 * (u32), mtime (i64, microseconds), and by kind: size (u64) and hash (16 bytes); digest (16 bytes); target length (u16) and
 * target; type (u8: 1 FIFO, 2 character, 3 block), major and minor (u32). Then, where bit 6 is set, the group of names (8 bytes); last, where bit 5 is set, the packed length of the
 * extended attributes (u32) and they themselves. Little endian throughout.
 */
export function entryRecord(entry: Entry): Buffer {
  const bodyBytes = bodyLength(entry);
  const { xattrs } = entry.meta;
  const group = entry.kind === 'file' ? entry.group : null;
  const tailBytes = (group === null ? 0 : GROUP_BYTES) + (xattrs === '' ? 0 : 4 + xattrs.length);
  const record = Buffer.alloc(2 + entry.name.length + 19 + bodyBytes + tailBytes);
  let at = record.writeUInt16LE(entry.name.length, 0);
  at += record.write(entry.name, at, 'latin1');
  const unknown = (entry.kind === 'file' && entry.content === null) || (entry.kind === 'directory' && !entry.complete);
  const flags = (unknown ? UNKNOWN_CODE : 0) | (group === null ? 0 : GROUP_CODE) | (xattrs === '' ? 0 : XATTRS_CODE);
  at = record.writeUInt8(KIND_CODES[entry.kind] | flags, at);
  at = record.writeUInt16LE(entry.meta.mode, at);
  at = record.writeUInt32LE(entry.meta.uid, at);
  at = record.writeUInt32LE(entry.meta.gid, at);
  at = record.writeBigInt64LE(BigInt(entry.meta.mtimeUs), at);
  switch (entry.kind) {
    case 'file':
      if (entry.content !== null) {
        at = record.writeBigUInt64LE(BigInt(entry.content.sizeBytes), at);
        record.write(entry.content.hash, at, 'hex');
      }
      break;
    case 'directory':
      record.write(entry.digest, at, 'hex');
      break;
    case 'symlink':
      at = record.writeUInt16LE(entry.target.length, at);
      toBytes(entry.target).copy(record, at);
      break;
    case 'special':
      at = record.writeUInt8(SPECIAL_CODES[entry.special.type], at);
      at = record.writeUInt32LE(entry.special.major, at);
      record.writeUInt32LE(entry.special.minor, at);
      break;
    default:
      entry satisfies never;
  }
  at = record.length - tailBytes;
  if (group !== null) at += record.write(group, at, 'hex');
  if (xattrs !== '') record.write(xattrs, record.writeUInt32LE(xattrs.length, at), 'latin1');
  return record;
}

function bodyLength(entry: Entry): number {
  switch (entry.kind) {
    case 'file':
      return 24;
    case 'directory':
      return 16;
    case 'symlink':
      return 2 + entry.target.length;
    case 'special':
      return 9;
    default:
      return entry satisfies never;
  }
}

/**
 * The digest of a directory with these children, which must be in byte order of their names.
 * @param hash for many digests in a row: what a hash takes is given back only when the event loop turns. Nobody else may use it
 * until `children` has ended.
 */
export function directoryDigest(children: Iterable<Entry>, hash = new Xxh3()): string {
  hash.reset();
  for (const child of children) hash.update(entryRecord(child));
  return hash.digest();
}

/** The digest that names a whole tree's state: its root's own metadata and all that is below it. */
export function stateDigest(root: Entry): string {
  return hashBytes(entryRecord(root));
}
