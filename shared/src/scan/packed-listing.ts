import { kindOfMode, PACKED_SEEN_LENGTH, packedMode, unpackSeen } from '../disk/seen.js';
import type { Name } from '../model/bytes.js';
import type { Seen } from '../model/seen.js';

const COUNTS = 5;
const HEADER_BYTES = (COUNTS + 1) * 4;
const STAT_BYTES = PACKED_SEEN_LENGTH * 8;

/**
 * Names and stats of a directory's entries in one piece of memory, as `native/lister.c` lays them out. What a scan has no
 * use for is never made into objects: of an unchanged directory, it needs the digest and the subdirectories.
 */
export class PackedListing {
  readonly count: number;
  /** FIFOs and devices. */
  readonly specials: number;
  readonly sockets: number;
  /** Of the directory's watch; negative: the errno that it cannot be watched for, 0 where it was not to be. */
  readonly watch: number;
  /** The indices of the subdirectories. */
  readonly directories: Uint32Array;
  /** The names, a NUL and the stats: what a digest is made of. */
  readonly bytes: Buffer;
  readonly #namesBytes: number;
  /** Null where nobody has looked. */
  readonly #mayHaveXattrs: Uint8Array | null;
  #names: readonly Name[] | undefined;
  #stats: BigInt64Array | undefined;

  constructor(memory: ArrayBuffer) {
    const [count = 0, directories = 0, specials = 0, sockets = 0, namesBytes = 0] = new Uint32Array(memory, 0, COUNTS);
    this.count = count;
    this.specials = specials;
    this.sockets = sockets;
    this.watch = new Int32Array(memory, COUNTS * 4, 1)[0] ?? 0;
    this.directories = new Uint32Array(memory, HEADER_BYTES, directories);
    const start = HEADER_BYTES + 4 * directories;
    const length = namesBytes + 1 + count * STAT_BYTES;
    this.bytes = Buffer.from(memory, start, length);
    this.#namesBytes = namesBytes;
    this.#mayHaveXattrs = memory.byteLength === start + length ? null : new Uint8Array(memory, start + length, count);
  }

  get names(): readonly Name[] {
    this.#names ??= this.count === 0 ? [] : (this.bytes.toString('latin1', 0, this.#namesBytes).split('/') as Name[]);
    return this.#names;
  }

  seen(index: number): Seen {
    return unpackSeen(this.#packed(), index * PACKED_SEEN_LENGTH);
  }

  mode(index: number): number {
    return packedMode(this.#packed(), index * PACKED_SEEN_LENGTH);
  }

  mayHaveXattrs(index: number): boolean {
    return this.#mayHaveXattrs?.[index] !== 0;
  }

  /** Cheaper than to decode all names. */
  has(name: Name): boolean {
    const sought = Buffer.from(name, 'latin1');
    for (let at = this.bytes.indexOf(sought); at >= 0 && at < this.#namesBytes; at = this.bytes.indexOf(sought, at + 1)) {
      const end = at + sought.length;
      if (end <= this.#namesBytes && isBetween(this.bytes, at - 1) && isBetween(this.bytes, end)) return true;
    }
    return false;
  }

  /** Copied, for numbers of 64 bits must lie at a multiple of 8 bytes. */
  #packed(): BigInt64Array {
    if (this.#stats === undefined) {
      const { buffer, byteOffset } = this.bytes;
      const start = byteOffset + this.#namesBytes + 1;
      this.#stats = new BigInt64Array(buffer.slice(start, start + this.count * STAT_BYTES) as ArrayBuffer);
    }
    return this.#stats;
  }
}

const [SLASH, NUL] = [0x2f, 0];

function isBetween(bytes: Buffer, at: number): boolean {
  return at < 0 || bytes[at] === SLASH || bytes[at] === NUL;
}

/** @param stats packed, of each of the names; what lies behind these is left out */
export function packListing(names: readonly Name[], stats: BigInt64Array): PackedListing {
  const directories: number[] = [];
  let [specials, sockets] = [0, 0];
  for (let index = 0; index < names.length; index++) {
    const kind = kindOfMode(packedMode(stats, index * PACKED_SEEN_LENGTH));
    if (kind === 'directory') directories.push(index);
    else if (kind === 'special') specials++;
    else if (kind === 'socket') sockets++;
  }
  const joined = names.join('/');
  const namesAt = HEADER_BYTES + 4 * directories.length;
  const memory = new ArrayBuffer(namesAt + joined.length + 1 + names.length * STAT_BYTES);
  new Uint32Array(memory, 0, COUNTS).set([names.length, directories.length, specials, sockets, joined.length]);
  new Uint32Array(memory, HEADER_BYTES, directories.length).set(directories);
  const bytes = Buffer.from(memory);
  bytes.write(joined, namesAt, 'latin1');
  Buffer.from(stats.buffer, stats.byteOffset, names.length * STAT_BYTES).copy(bytes, namesAt + joined.length + 1);
  return new PackedListing(memory);
}
