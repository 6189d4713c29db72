import { toBytes } from './bytes.js';
import type { Entry, Metadata } from './entry.js';
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

/** A name's length takes two bytes. */
const RECORD_BYTES_MAX = 2 + 0xffff + 19 + 24;
const TWO_TO_32 = 2 ** 32;

/**
 * Makes what `entryRecord` makes of files of known content, without group and extended attributes, many to a piece of memory. `write`
 * is given each piece; it must not be kept.
 */
export class FileRecords {
  readonly #write: (records: Buffer) => void;
  readonly #bytes = Buffer.alloc(2 * RECORD_BYTES_MAX);
  #length = 0;

  constructor(write: (records: Buffer) => void) {
    this.#write = write;
  }

  /** @param name and `hash` in hexadecimal digits */
  add(name: string, { mode, uid, gid, mtimeUs }: Omit<Metadata, 'xattrs'>, hash: string, sizeBytes: number): void {
    const bytes = this.#bytes;
    if (this.#length + RECORD_BYTES_MAX > bytes.length) this.flush();
    let at = bytes.writeUInt16LE(name.length / 2, this.#length);
    at += bytes.write(name, at, 'hex');
    at = bytes.writeUInt8(KIND_CODES.file, at);
    at = bytes.writeUInt16LE(mode, at);
    at = bytes.writeUInt32LE(uid, at);
    at = bytes.writeUInt32LE(gid, at);
    const high = Math.floor(mtimeUs / TWO_TO_32);
    at = bytes.writeUInt32LE(mtimeUs - high * TWO_TO_32, at);
    at = bytes.writeInt32LE(high, at);
    at = bytes.writeUInt32LE(sizeBytes % TWO_TO_32, at);
    at = bytes.writeUInt32LE(Math.floor(sizeBytes / TWO_TO_32), at);
    this.#length = at + bytes.write(hash, at, 'hex');
  }

  flush(): void {
    if (this.#length > 0) this.#write(this.#bytes.subarray(0, this.#length));
    this.#length = 0;
  }
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

/** The digest of a directory with these children, which must be in byte order of their names. */
export function directoryDigest(children: Iterable<Entry>): string {
  const hash = new Xxh3();
  for (const child of children) hash.update(entryRecord(child));
  return hash.digest();
}

/** The digest that names a whole tree's state: its root's own metadata and all that is below it. */
export function stateDigest(root: Entry): string {
  return hashBytes(entryRecord(root));
}
